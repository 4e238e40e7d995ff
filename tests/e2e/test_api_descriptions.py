# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The description that a real API gives of itself completes requests in the browser."""

import threading
import time
from collections.abc import Iterator
from typing import Annotated, Literal

import pytest
import uvicorn
from fastapi import FastAPI, Query
from playwright.sync_api import Page, expect
from pydantic import BaseModel

from tests.e2e.conftest import Site


class Pet(BaseModel):
    name: str
    kind: Literal["dog", "cat"] = "dog"


class PetPage(BaseModel):
    pets: list[Pet]


def petstore() -> FastAPI:
    """A small API, whose `/openapi.json` is what FastAPI makes of it."""
    app = FastAPI(title="Petstore", version="1.0")
    kept = {7: Pet(name="Rex"), 8: Pet(name="Tom", kind="cat")}

    @app.get("/pets", summary="List pets")
    def pets(kind: Annotated[Literal["dog", "cat"], Query(description="Only these.")]) -> PetPage:
        return PetPage(pets=[pet for pet in kept.values() if pet.kind == kind])

    @app.get("/pets/{pet_id}", summary="One pet")
    def pet(pet_id: int) -> Pet:
        return kept[pet_id]

    @app.post("/pets", summary="Add a pet", status_code=201)
    def add(pet: Pet) -> Pet:
        return pet

    return app


@pytest.fixture(scope="module")
def api() -> Iterator[str]:
    server = uvicorn.Server(uvicorn.Config(petstore(), host="127.0.0.1", port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def test_an_operation_is_chosen_from_what_the_api_says_of_itself_and_called(page: Page, site: Site, api: str) -> None:
    body = {"type": "json", "name": "Petstore", "location": api}
    created = page.request.post(site.api("sources"), data=body, headers={"X-Requested-With": "test"})
    assert created.status == 201, created.text()
    slug = created.json()["slug"]
    page.goto(site.page(f"sources/{slug}/test"))
    page.get_by_role("button", name="Load API description").click()
    page.get_by_role("dialog").get_by_role("button", name="Find it").click()
    expect(page.get_by_text("API description: Petstore 1.0 · 3 operations")).to_be_visible()

    path = page.get_by_role("combobox", name="Path")
    offered = page.get_by_role("listbox", name="Operations").get_by_role("option")
    path.press_sequentially("one")
    expect(offered).to_have_text(["GET/pets/{pet_id}One pet"])
    path.press("ArrowDown")
    path.press("Enter")
    page.get_by_label("pet_id").fill("7")
    expect(path).to_have_value("/pets/7")
    page.get_by_role("button", name="Send").click()
    response = page.get_by_role("region", name="Response", exact=True)
    expect(response).to_contain_text("Rex")

    path.fill("list")
    offered.click()
    expect(page.get_by_text("The records of the answer are at pets.")).to_be_visible()
    page.get_by_role("button", name="Set kind to cat").click()
    page.get_by_role("button", name="Send").click()
    expect(response).to_contain_text("Tom")

    path.fill("add")
    offered.click()
    page.get_by_role("region", name="Request", exact=True).get_by_role("tab", name="Body").click()
    page.get_by_role("button", name="Insert example body").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_test_id("response-status")).to_contain_text("201")
