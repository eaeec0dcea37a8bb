from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from spikex_lab.errors import BusyError, ConflictError, InvalidError, NotFoundError
from spikex_lab.store import LeaseLost, Store

from .support import HERE, SPEC, a_run, batches


def states(store: Store, run: str) -> list[str]:
    return [event["state"] for event in store.runs.events(run, types=["state"])]


def race(count: int, settings: object, work: Callable[[Store], None]) -> list[BaseException]:
    """Let `work` run in `count` threads at once, each with its own store; return the errors."""
    gate, errors = threading.Barrier(count), []

    def enter() -> None:
        with Store.open(settings) as mine:  # type: ignore[arg-type]
            gate.wait()
            try:
                work(mine)
            except (ConflictError, AssertionError) as error:
                errors.append(error)

    threads = [threading.Thread(target=enter) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def test_a_new_run_is_queued_and_has_its_first_event(store: Store) -> None:
    model = store.models.create("tiny", {"name": "tiny"})
    run = store.runs.create(SPEC, model_id=model.id, model_version=1, digest="d" * 64)
    assert (run.state, run.lease, run.attempt, run.last_seq) == ("queued", 0, 0, 1)
    assert (run.name, run.model_name, run.dataset, run.device) == ("tiny", "tiny", "digits", "cpu")
    assert (run.spec, run.summary, run.progress, run.who) == (SPEC, {}, None, None)
    (event,) = store.runs.events(run.id)
    assert (event["seq"], event["type"], event["state"]) == (1, "state", "queued")
    assert (event["run"], event["time"]) == (run.id, run.created)
    with pytest.raises(NotFoundError, match="no version 2"):
        store.runs.create(SPEC, model_id=model.id, model_version=2)
    assert store.runs.list().total == 1


def test_the_queue_takes_so_many(store: Store) -> None:
    small = Store(store.settings.model_copy(update={"max_queued_runs": 2}), store.database)
    first, _ = small.runs.create(SPEC), small.runs.create(SPEC)
    with pytest.raises(BusyError, match="2 runs wait"):
        small.runs.create(SPEC)
    assert store.runs.list().total == 2
    assert small.runs.claim(first.id, HERE) is not None
    assert small.runs.create(SPEC).state == "queued"


def test_a_run_goes_through_its_life(store: Store) -> None:
    run = store.runs.create(SPEC).id
    lease = store.runs.claim(run, HERE)
    assert lease == 1
    starting = store.runs.get(run)
    assert (starting.state, starting.attempt, starting.who) == ("starting", 1, HERE)
    assert starting.heartbeat == 1, "the first heartbeat is in the claim"
    store.runs.adopt(run, lease, {**HERE, "pid": 8})
    store.runs.append(run, lease, batches(0, 3), state="running", progress={"epoch": 0})
    running = store.runs.get(run)
    assert (running.state, running.progress) == ("running", {"epoch": 0})
    assert running.who == {**HERE, "pid": 8}
    assert running.started
    store.runs.append(run, lease, [], summary={"val_accuracy": 0.5})
    store.runs.append(run, lease, [], state="finished", summary={"test_accuracy": 0.9})
    done = store.runs.get(run)
    assert done.summary == {"val_accuracy": 0.5, "test_accuracy": 0.9}
    assert done.ended
    assert states(store, run) == ["queued", "starting", "running", "finished"]
    (attempt,) = store.runs.attempts(run)
    assert (attempt.number, attempt.lease, attempt.outcome) == (1, 1, "finished")
    assert attempt.who == {**HERE, "pid": 8}
    assert attempt.ended == done.ended


def test_the_end_is_final(store: Store) -> None:
    run, lease = a_run(store)
    store.runs.append(run, lease, [], state="finished")
    last = store.runs.get(run)
    for write in (
        lambda: store.runs.append(run, lease, batches(0, 1)),
        lambda: store.runs.append(run, lease, [], state="running"),
        lambda: store.runs.append(run, lease, [], state="stopped"),
        lambda: store.runs.heartbeat(run, lease),
        lambda: store.runs.adopt(run, lease, HERE),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert store.runs.interrupt(run, lease, "late") is False
    assert store.runs.claim(run, HERE) is None
    with pytest.raises(ConflictError, match="the run is finished"):
        store.runs.requeue(run)
    assert store.runs.get(run) == last


def test_only_the_queue_is_claimed(store: Store) -> None:
    run, _ = a_run(store)
    assert store.runs.claim(run, HERE) is None
    assert store.runs.claim("nobody", HERE) is None
    assert store.runs.claim_next(HERE) is None


def test_at_most_so_many_runs_of_one_host(store: Store) -> None:
    first, lease = a_run(store, limit=1)
    second = store.runs.create(SPEC).id
    assert store.runs.claim(second, HERE, limit=1) is None
    assert store.runs.claim_next(HERE, limit=1) is None
    assert store.runs.claim(second, {**HERE, "host": "there"}, limit=1) == 1, "its own limit"
    third = store.runs.create(SPEC).id
    store.runs.append(first, lease, [], state="paused")
    assert store.runs.claim(third, HERE, limit=1) is None, "a paused run holds its place"
    store.runs.append(first, lease, [], state="stopped")
    assert store.runs.claim(third, HERE, limit=1) == 1


def test_the_queue_is_first_come_first_served(store: Store) -> None:
    ids = [store.runs.create(SPEC).id for _ in range(3)]
    assert [row.id for row in store.runs.queued()] == ids
    assert store.runs.claim_next(HERE) == (ids[0], 1)
    store.runs.append(ids[0], 1, [], state="stopped")
    store.runs.requeue(ids[0])
    assert [row.id for row in store.runs.queued()] == [ids[1], ids[2], ids[0]]


def test_runs_of_one_millisecond_keep_their_order(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [store.runs.create(SPEC).id for _ in range(20)]
    assert ids == sorted(ids)
    assert [row.id for row in store.runs.queued()] == ids
    assert [store.runs.claim_next(HERE) for _ in ids] == [(run, 1) for run in ids]


def test_of_many_claimers_exactly_one_wins(store: Store) -> None:
    run = store.runs.create(SPEC).id
    won: list[int] = []

    def claim(mine: Store) -> None:
        lease = mine.runs.claim(run, HERE)
        if lease is not None:
            won.append(lease)

    assert race(8, store.settings, claim) == []
    assert won == [1]
    assert states(store, run) == ["queued", "starting"]


def test_of_many_claimers_no_more_than_the_limit_win(store: Store) -> None:
    for _ in range(6):
        store.runs.create(SPEC)
    won: list[str] = []

    def claim(mine: Store) -> None:
        found = mine.runs.claim_next(HERE, limit=2)
        if found is not None:
            won.append(found[0])

    assert race(6, store.settings, claim) == []
    assert len(won) == len(set(won)) == 2


def test_of_two_resumers_one_wins(store: Store) -> None:
    run, lease = a_run(store)
    store.runs.append(run, lease, [], state="stopped")
    errors = race(6, store.settings, lambda mine: mine.runs.requeue(run))
    assert len(errors) == 5
    assert states(store, run)[-2:] == ["stopped", "queued"]
    assert states(store, run).count("queued") == 2


def test_of_many_observers_one_interrupts(store: Store) -> None:
    run, lease = a_run(store)
    won: list[bool] = []
    race(6, store.settings, lambda mine: won.append(mine.runs.interrupt(run, lease, "dead")))
    assert won.count(True) == 1
    row = store.runs.get(run)
    assert (row.state, row.lease, row.error) == ("interrupted", lease + 1, "dead")
    assert store.runs.events(run)[-1]["reason"] == "dead"
    assert store.runs.attempts(run)[0].outcome == "interrupted"


def test_the_frozen_one_that_wakes_writes_nothing(store: Store) -> None:
    run, old = a_run(store)
    store.runs.interrupt(run, old, "frozen")
    store.runs.requeue(run)
    new = store.runs.claim(run, {**HERE, "pid": 9})
    assert new is not None
    assert new > old
    before = store.runs.events(run)
    kept = store.objects.put_bytes(b"weights")
    for write in (
        lambda: store.runs.append(run, old, batches(0, 5), state="finished"),
        lambda: store.runs.heartbeat(run, old),
        lambda: store.runs.adopt(run, old, HERE),
        lambda: store.runs.add_artifact(run, old, "weights.safetensors", kept),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert store.runs.interrupt(run, old, "again") is False
    assert store.runs.events(run) == before
    assert store.runs.get(run).who == {**HERE, "pid": 9}
    store.runs.append(run, new, batches(0, 1), state="running")


def test_a_stopped_coordinator_cannot_write_into_the_queue(store: Store) -> None:
    """The lease of the attempt that stopped is not good any more once the run is queued again."""
    run, lease = a_run(store)
    store.runs.append(run, lease, [], state="stopped")
    store.runs.requeue(run)
    with pytest.raises(LeaseLost):
        store.runs.append(run, lease, [], state="stopped")
    assert store.runs.get(run).state == "queued"


def test_a_queued_run_is_withdrawn_under_the_lease_that_was_read(store: Store) -> None:
    row = store.runs.create(SPEC)
    with pytest.raises(LeaseLost):
        store.runs.append(row.id, row.lease, [], state="running")
    store.runs.append(row.id, row.lease, [{"type": "state", "reason": "no"}], state="stopped")
    assert store.runs.get(row.id).state == "stopped"
    assert states(store, row.id) == ["queued", "stopped"]
    other = store.runs.create(SPEC)
    store.runs.claim(other.id, HERE)
    with pytest.raises(LeaseLost):
        store.runs.append(other.id, other.lease, [], state="stopped")


def test_requeue_clears_the_error_and_the_end(store: Store) -> None:
    run, lease = a_run(store)
    store.runs.append(run, lease, [{"type": "error", "message": "out of memory"}], state="failed")
    failed = store.runs.get(run)
    assert (failed.error, bool(failed.ended)) == ("out of memory", True)
    store.runs.requeue(run)
    again = store.runs.get(run)
    assert (again.state, again.error, again.ended) == ("queued", None, None)
    with pytest.raises(NotFoundError):
        store.runs.requeue("0" * 36)


def test_get_by_the_unique_beginning_of_an_id(store: Store) -> None:
    first, second = store.runs.create(SPEC).id, store.runs.create(SPEC).id
    assert store.runs.get(first).id == first
    length = next(n for n in range(1, 37) if first[:n] != second[:n])
    assert store.runs.get(first[: max(length, 4)]).id == first
    with pytest.raises(ConflictError, match="several runs begin"):
        store.runs.get(first[:6])
    for ref in ("", first[:3], "%", "____", first.upper() + "x", "0000"):
        with pytest.raises(NotFoundError):
            store.runs.get(ref)


def test_the_list_is_paged_and_filtered(store: Store) -> None:
    model = store.models.create("tiny", {"name": "tiny"})
    ids = [store.runs.create(SPEC).id for _ in range(3)]
    mine = store.runs.create(SPEC, model_id=model.id, model_version=1).id
    store.runs.claim(ids[0], HERE)
    assert [row.id for row in store.runs.list()] == [mine, *reversed(ids)]
    assert [row.id for row in store.runs.list(sort="created", page=2, page_size=3)] == [mine]
    assert [row.id for row in store.runs.list(state="starting")] == [ids[0]]
    assert store.runs.list(state=["starting", "queued"]).total == 4
    assert [row.id for row in store.runs.list(model="tiny")] == [mine]
    assert [row.id for row in store.runs.list(model=model.id)] == [mine]
    assert [row.id for row in store.runs.live()] == [ids[0]]
    with pytest.raises(InvalidError, match='did you mean "queued"'):
        store.runs.list(state="queue")


def test_delete_hides_but_not_the_living(store: Store) -> None:
    run, lease = a_run(store)
    with pytest.raises(ConflictError, match="alive"):
        store.runs.delete(run)
    store.runs.append(run, lease, [], state="stopped")
    store.runs.delete(run)
    assert store.runs.list().total == 0
    with pytest.raises(NotFoundError):
        store.runs.get(run)
    queued = store.runs.create(SPEC).id
    store.runs.delete(queued)
    assert store.runs.claim_next(HERE) is None, "a deleted run never starts"


def test_artifacts_replace_their_name(store: Store) -> None:
    run, lease = a_run(store)
    old, new = store.objects.put_bytes(b"old"), store.objects.put_bytes(b"newer")
    store.runs.add_artifact(run, lease, "best.safetensors", old)
    store.runs.add_artifact(run, lease, "best.safetensors", new, "application/x")
    (row,) = store.runs.artifacts(run)
    assert (row.name, row.size, row.sha256) == ("best.safetensors", 5, new.sha256)
    assert (row.media_type, row.attempt) == ("application/x", 1)


def test_evaluations_come_newest_first(store: Store) -> None:
    run, _ = a_run(store)
    first = store.runs.add_evaluation(run, {"accuracy": 0.9})
    second = store.runs.add_evaluation(run, {"accuracy": float("nan")})
    assert [row.id for row in store.runs.evaluations(run)] == [second.id, first.id]
    assert store.runs.evaluations(run)[0].body == {"accuracy": None}


def test_control_is_obeyed_by_the_holder_only(store: Store) -> None:
    run, lease = a_run(store)
    number = store.runs.post_control(run, "pause")
    assert store.runs.take_control(run, lease, 0) == [(number, "pause")]
    assert store.runs.take_control(run, lease, number) == []
    store.runs.interrupt(run, lease, "dead")
    store.runs.requeue(run)
    new = store.runs.claim(run, HERE)
    assert new is not None
    assert store.runs.take_control(run, new, 0) == [], "an old command is not for the new holder"
    stop = store.runs.post_control(run, "stop")
    assert store.runs.take_control(run, new, 0) == [(stop, "stop")]
    assert store.runs.take_control(run, lease, number) == []


def test_control_fits_the_state(store: Store) -> None:
    row = store.runs.create(SPEC)
    for action in ("pause", "resume", "stop", "step"):
        with pytest.raises(ConflictError, match=f"the run is queued: no {action}"):
            store.runs.post_control(row.id, action)
    run, lease = a_run(store)
    for action in ("resume", "step"):
        with pytest.raises(ConflictError, match="the run is running"):
            store.runs.post_control(run, action)
    store.runs.post_control(run, "pause")
    store.runs.post_control(run, "resume")  # the pause is still on its way
    with pytest.raises(ConflictError):
        store.runs.post_control(run, "resume")
    store.runs.append(run, lease, [], state="paused")
    with pytest.raises(ConflictError):
        store.runs.post_control(run, "pause")
    for action in ("step", "resume", "stop"):
        store.runs.post_control(run, action)
    with pytest.raises(InvalidError, match='did you mean "pause"'):
        store.runs.post_control(run, "paus")
    with pytest.raises(NotFoundError):
        store.runs.post_control("0" * 36, "stop")
    assert [action for _, action in store.runs.take_control(run, lease)] == [
        "pause", "resume", "step", "resume", "stop",
    ]  # fmt: skip
