# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What holds for a source, when itself, the settings of all and the environment say something."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from openconnector.core.outcome import Outcome
from openconnector.core.retention import BodyKeeping, BodyPolicy, Retention
from openconnector.core.settings import Settings
from openconnector.logs.keeping.expiry import groups_by_age
from openconnector.logs.keeping.policy import Keeping, Policies, effective, environment_of, keeps_bodies

ENVIRONMENT = Retention(success_days=30, error_days=90)
NOTHING = Keeping()
ONE, TWO, THREE = (UUID(int=number) for number in (1, 2, 3))
AT = datetime(2026, 11, 27, tzinfo=UTC)


def keeping(**values: Any) -> Keeping:
    return Keeping(Retention(**values))


class TestDays:
    def test_the_environment_holds_where_nobody_says_anything(self) -> None:
        policy = effective(ENVIRONMENT, NOTHING, NOTHING)
        assert (policy.success_days, policy.error_days) == (30, 90)
        assert policy.body_days(is_success=True) is None

    def test_the_most_specific_wins_field_by_field(self) -> None:
        policy = effective(ENVIRONMENT, keeping(success_days=10, error_body_days=4), keeping(error_days=5))
        assert (policy.success_days, policy.error_days, policy.error_body_days) == (10, 5, 4)

    def test_zero_is_for_ever_and_wins_over_wider_days(self) -> None:
        policy = effective(ENVIRONMENT, keeping(success_body_days=3), keeping(success_days=0, success_body_days=0))
        assert policy.days(is_success=True) is None
        assert policy.body_days(is_success=True) is None

    def test_zero_in_the_environment_is_for_ever_too(self) -> None:
        environment = environment_of(Settings(success_retention_days=0, error_retention_days=36500))
        policies = Policies(environment, NOTHING, {ONE: keeping(success_days=7)})
        assert policies.whole.days(is_success=True) is None
        assert policies.of(ONE).days(is_success=True) == 7
        ages = {(group.is_rest, group.is_success, group.days) for group in groups_by_age(policies)}
        assert ages == {(False, True, 7), (True, False, 36500)}

    def test_bodies_do_not_outlive_their_call(self) -> None:
        assert effective(ENVIRONMENT, keeping(success_body_days=30), NOTHING).body_days(is_success=True) is None
        assert effective(ENVIRONMENT, keeping(success_body_days=29), NOTHING).body_days(is_success=True) == 29

    def test_limits_of_all_are_not_those_of_a_source(self) -> None:
        wide = keeping(max_calls=100, max_bytes=0)
        policies = Policies(ENVIRONMENT, wide, {ONE: keeping(max_bytes=7)})
        assert (policies.of(ONE).max_calls, policies.of(ONE).max_bytes) == (None, 7)
        assert (policies.whole.max_calls, policies.whole.max_bytes) == (100, None)

    def test_a_call_tells_when_it_goes(self) -> None:
        policies = Policies(ENVIRONMENT, NOTHING, {ONE: keeping(error_days=1), TWO: keeping(success_days=0)})

        def expires(source: UUID, outcome: str, *, is_pinned: bool = False) -> datetime | None:
            return policies.expires_at(source_id=source, outcome=outcome, started_at=AT, is_pinned=is_pinned)

        assert expires(ONE, "http_error") == AT + timedelta(days=1)
        assert expires(ONE, "success") == AT + timedelta(days=30)
        assert expires(TWO, "success") is None
        assert expires(THREE, "refused") == AT + timedelta(days=90)
        assert expires(THREE, "refused", is_pinned=True) is None


class TestBodies:
    @pytest.mark.parametrize(
        ("policy", "of_success", "of_error"),
        [("always", True, True), ("errors", False, True), ("never", False, False), (None, True, True)],
    )
    def test_the_policy_says_whose_bodies_are_kept(
        self, policy: BodyPolicy | None, of_success: bool, of_error: bool
    ) -> None:
        held = effective(ENVIRONMENT, NOTHING, Keeping(bodies=BodyKeeping(policy=policy)))
        assert keeps_bodies(held, "success", AT) is of_success
        assert keeps_bodies(held, "auth_error", AT) is of_error

    @pytest.mark.parametrize("outcome", ["success", "transport_error"])
    @pytest.mark.parametrize("policy", ["always", "never"])
    def test_from_its_end_on_errors_only(self, policy: BodyPolicy, outcome: Outcome) -> None:
        own = Keeping(bodies=BodyKeeping(policy=policy, until=AT))
        held = effective(ENVIRONMENT, NOTHING, own)
        assert keeps_bodies(held, outcome, AT - timedelta(seconds=1)) is (policy == "always")
        assert keeps_bodies(held, outcome, AT) is (outcome != "success")

    def test_the_end_belongs_to_who_set_the_policy(self) -> None:
        wide = Keeping(bodies=BodyKeeping(policy="never", until=AT))
        held = effective(ENVIRONMENT, wide, Keeping(bodies=BodyKeeping(policy="always")))
        assert keeps_bodies(held, "success", AT + timedelta(days=1))

    def test_a_time_without_zone_is_in_utc(self) -> None:
        assert BodyKeeping.model_validate({"policy": "always", "until": "2026-11-27T00:00:00"}).until == AT

    @pytest.mark.parametrize(
        "values",
        [{"until": "2026-11-27T00:00:00Z"}, {"policy": "always", "until": "9999-12-31T23:59:59-12:00"}],
    )
    def test_an_end_that_cannot_be_is_refused_at_its_field(self, values: dict[str, Any]) -> None:
        with pytest.raises(ValidationError) as caught:
            BodyKeeping.model_validate(values)
        assert [error["loc"] for error in caught.value.errors()] == [("until",)]


class TestGroups:
    def test_sources_that_say_nothing_are_one_group(self) -> None:
        groups = list(groups_by_age(Policies(ENVIRONMENT, NOTHING, {})))
        assert [(group.sources, group.is_rest, group.is_success, group.days) for group in groups] == [
            ((), True, True, 30),
            ((), True, False, 90),
        ]

    def test_sources_of_their_own_are_taken_out_of_the_rest(self) -> None:
        own = {ONE: keeping(success_days=5), TWO: keeping(success_days=0), THREE: keeping(success_days=5)}
        successes = [group for group in groups_by_age(Policies(ENVIRONMENT, NOTHING, own)) if group.is_success]
        assert [(set(group.sources), group.is_rest, group.days) for group in successes] == [
            ({ONE, THREE}, False, 5),
            ({ONE, TWO, THREE}, True, 30),
        ]

    def test_for_ever_lets_nothing_go(self) -> None:
        wide = keeping(success_days=0, error_days=0)
        assert list(groups_by_age(Policies(ENVIRONMENT, wide, {}))) == []
