# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""`/api/settings`: what administrators change while OpenConnector runs."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from openconnector.administration.schemas import SettingsRead, SettingsUpdate
from openconnector.administration.service import AdministrationService
from openconnector.core.errors import AdministratorRequired, InvalidInput, NotAuthenticated, TooLarge, VersionConflict
from openconnector.core.principal import administrator
from openconnector.core.problems import problems

router = APIRouter(
    prefix="/api/settings",
    tags=["settings"],
    dependencies=[Depends(administrator)],
    responses=problems(NotAuthenticated, AdministratorRequired, InvalidInput, TooLarge),
)


def _service(request: Request) -> AdministrationService:
    service: AdministrationService = request.app.state.administration
    return service


Service = Annotated[AdministrationService, Depends(_service)]


@router.get("")
async def read_settings(service: Service) -> SettingsRead:
    """The settings as they are."""
    return await service.read()


@router.put("", responses=problems(VersionConflict))
async def replace_settings(body: SettingsUpdate, service: Service) -> SettingsRead:
    """Replace the settings. They hold for the next call of this process, and within seconds for all others."""
    return await service.replace(body)
