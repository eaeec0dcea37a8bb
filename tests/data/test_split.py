"""Splits and orders: stratified, complete, decided by their key alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from spikex_lab.data.keyed import permutation
from spikex_lab.data.sampler import epoch_order
from spikex_lab.data.split import holdout, stratified
from spikex_lab.errors import InvalidError


@given(
    labels=st.lists(st.integers(0, 6), min_size=1, max_size=200),
    share=st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.5, 0.9]),
    seed=st.integers(0, 2**63 - 1),
)
def test_every_class_keeps_its_share_and_no_sample_is_lost(
    labels: list[int], share: float, seed: int
) -> None:
    y = np.array(labels)
    train, test = stratified(y, test=share, seed=seed)
    assert sorted([*train, *test]) == list(range(len(y)))
    assert len(test) == round(len(y) * share)
    for label in set(labels):
        wanted = share * labels.count(label)
        assert abs(int(np.sum(y[test] == label)) - wanted) < 1 + 1e-9
    again = stratified(y, test=share, seed=seed)
    assert np.array_equal(test, again[1])


def test_another_seed_is_another_split() -> None:
    y = np.repeat(np.arange(10), 50)
    assert not np.array_equal(stratified(y, seed=0)[1], stratified(y, seed=1)[1])
    assert not np.array_equal(holdout(y, 0.2, 0)[1], stratified(y, 0.2, 0)[1])


def test_a_share_of_nothing_and_of_a_little() -> None:
    y = np.array([0, 1, 0, 1])
    assert len(holdout(y, 0.0, 0)[1]) == 0
    assert len(holdout(y, 0.01, 0)[1]) == 1
    with pytest.raises(InvalidError):
        holdout(y, 1.0, 0)


def test_the_order_is_a_permutation_keyed_by_seed_and_epoch() -> None:
    order = epoch_order(1000, seed=3, epoch=1)
    assert sorted(order.tolist()) == list(range(1000))
    assert np.array_equal(order, epoch_order(1000, seed=3, epoch=1))
    assert not np.array_equal(order, epoch_order(1000, seed=3, epoch=2))
    assert not np.array_equal(order, epoch_order(1000, seed=4, epoch=1))
    assert epoch_order(0, 0, 1).tolist() == []


def test_the_order_is_the_same_on_every_machine_and_version() -> None:
    """A change here changes every run's numbers."""
    assert permutation(8, "a", 1).tolist() == PINNED


def test_orders_are_even() -> None:
    first = [int(permutation(4, "even", trial)[0]) for trial in range(2000)]
    assert all(abs(count - 500) < 100 for count in np.bincount(first))


PINNED = [6, 7, 0, 3, 5, 2, 1, 4]
