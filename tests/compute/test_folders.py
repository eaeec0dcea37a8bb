from __future__ import annotations

from spikex_lab.compute import folders, heart


def test_an_attempt_goes_on_from_the_newest_checkpoint_before_it(tmp_path):
    first = folders.attempt_folder(tmp_path, 1)
    (first / "checkpoint.pt").write_text("one")
    (first / "best.safetensors").write_text("best")
    (first / "checkpoint.pt.part").write_text("torn")
    folders.attempt_folder(tmp_path, 2)  # took over, but died before its own checkpoint
    third = folders.attempt_folder(tmp_path, 3)
    assert {p.name: p.read_text() for p in third.iterdir()} == {
        "checkpoint.pt": "one",
        "best.safetensors": "best",
    }


def test_what_a_frozen_attempt_writes_when_it_wakes_is_never_read(tmp_path):
    first = folders.attempt_folder(tmp_path, 1)
    (first / "checkpoint.pt").write_text("one")
    second = folders.attempt_folder(tmp_path, 2)
    (first / "late").write_text("from the dead")
    (first / "late").replace(first / "checkpoint.pt")
    assert (second / "checkpoint.pt").read_text() == "one"
    (second / "new").write_text("two")
    (second / "new").replace(second / "checkpoint.pt")
    assert (folders.attempt_folder(tmp_path, 4) / "checkpoint.pt").read_text() == "two"


def test_folders_do_not_pile_up(tmp_path):
    for lease in range(1, 9):
        (folders.attempt_folder(tmp_path, lease) / "checkpoint.pt").write_text(str(lease))
    assert len(list(tmp_path.iterdir())) == 2
    folders.remove_all(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_log_is_cut_to_its_newest_half(tmp_path):
    log = tmp_path / "coordinator.log"
    with log.open("a") as file:
        for line in range(1000):
            file.write(f"line {line}\n")
        file.flush()
        heart.bound_log(log, limit=100_000)
        assert log.read_text().startswith("line 0\n")
        heart.bound_log(log, limit=4000)
        file.write("after\n")  # the writer goes on at the new end
    text = log.read_text()
    assert len(text) < 2100
    assert text.startswith("[older lines dropped]\nline ")
    assert text.endswith("line 999\nafter\n")
