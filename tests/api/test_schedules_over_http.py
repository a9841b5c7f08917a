"""Schedules over HTTP: a key schedules nothing; the machine's own caller makes, rests, and removes his."""

from __future__ import annotations

MADE = {"when": "every Monday 09:00", "question": "How many customers do we have?"}


def test_from_making_to_removing(ask, address) -> None:
    import httpx

    with httpx.Client(base_url=address) as local:  # without credentials: the sandbox's own caller on this machine
        made = local.post("/api/v1/schedules", json=MADE)
        assert made.status_code == 201
        place = f"/api/v1/schedules/{made.json()['schedule_id']}"
        assert local.post(f"{place}/pause", json={"active": False}).json()["active"] is False
        assert [each["when"] for each in local.get("/api/v1/schedules").json()["schedules"]] == [MADE["when"]]
        assert local.get(f"{place}/runs/rn_0123456789").status_code == 404
        assert local.delete(place).status_code == 204
        assert local.delete(place).status_code == 404
        wrong = local.post("/api/v1/schedules", json=MADE | {"when": "sometimes"})
        assert (wrong.status_code, "every Monday 09:00" in wrong.json()["detail"]) == (422, True)


def test_a_key_schedules_nothing(ask) -> None:
    assert ask("POST", "/api/v1/schedules", json=MADE).status_code == 422
    assert ask("POST", "/api/v1/schedules", "viewer", json=MADE).status_code == 403
