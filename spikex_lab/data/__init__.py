"""Datasets: built in, downloaded, uploaded. numpy only: the store and the CLI use it too."""

from spikex_lab.data.dataset import Dataset, DatasetInfo, Split

__all__ = ["Dataset", "DatasetInfo", "Split"]
