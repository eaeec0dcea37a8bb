"""Published datasets: their files with checksums, their mirrors, what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spikex_lab.data.dataset import DatasetInfo
from spikex_lab.data.fetch import Remote

DIGITS = [str(digit) for digit in range(10)]
TRAIN_X, TRAIN_Y = "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"
TEST_X, TEST_Y = "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"
CIFAR = "cifar-10-binary.tar.gz"


@dataclass(frozen=True)
class Known:
    """A published dataset: its files, where they are, and what they hold."""

    name: str
    title: str
    classes: list[str]
    files: list[Remote]
    mirrors: list[str]
    licence: str
    citation: str
    source: str
    shape: tuple[int, ...] = (1, 28, 28)
    train: int = 60_000
    test: int = 10_000
    layout: Literal["idx", "cifar-binary"] = "idx"

    @property
    def size(self) -> int:
        """About how many bytes are downloaded."""
        return sum(file.size for file in self.files)

    @property
    def info(self) -> DatasetInfo:
        """What the dataset is."""
        return DatasetInfo(
            name=self.name,
            shape=self.shape,
            classes=self.classes,
            splits={"train": self.train, "test": self.test},
            source=self.source,
            licence=self.licence,
            citation=self.citation,
        )


def _four(*rows: tuple[str, str, int]) -> list[Remote]:
    """Return MNIST's four files from (MD5 of the gzip, MD5 of what is in it, bytes)."""
    names = (TRAIN_X, TRAIN_Y, TEST_X, TEST_Y)
    return [
        Remote(name, md5, size, raw) for name, (md5, raw, size) in zip(names, rows, strict=True)
    ]


KNOWN: dict[str, Known] = {
    known.name: known
    for known in (
        Known(
            name="mnist",
            title="MNIST handwritten digits",
            classes=DIGITS,
            files=_four(
                ("f68b3c2dcbeaaa9fbdd348bbdeb94873", "6bbc9ace898e44ae57da46a324031adb", 9_912_422),
                ("d53e105ee54ea40749a09fcbcd1e9432", "a25bea736e30d166cdddb491f175f624", 28_881),
                ("9fb629c4189551a2d022fa330f9573f3", "2646ac647ad5339dbf082846283269ea", 1_648_877),
                ("ec29112dd5afa0611ce80d1b7f02629c", "27ae3e4e09519cfbb04c329615203637", 4_542),
            ),
            mirrors=[
                "https://ossci-datasets.s3.amazonaws.com/mnist/",
                "https://storage.googleapis.com/cvdf-datasets/mnist/",
            ],
            licence="as published by its authors (often given as CC BY-SA 3.0)",
            citation=(
                "Y. LeCun, L. Bottou, Y. Bengio, P. Haffner. Gradient-based learning applied to "
                "document recognition. Proc. IEEE 86(11), 2278-2324, 1998. DOI 10.1109/5.726791"
            ),
            source="Y. LeCun, C. Cortes, C. J. C. Burges: The MNIST database",
        ),
        Known(
            name="fashion-mnist",
            title="Fashion-MNIST articles of clothing",
            classes=[
                "T-shirt/top",
                "Trouser",
                "Pullover",
                "Dress",
                "Coat",
                "Sandal",
                "Shirt",
                "Sneaker",
                "Bag",
                "Ankle boot",
            ],
            files=_four(
                (
                    "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                    "f4a8712d7a061bf5bd6d2ca38dc4d50a",
                    26_421_880,
                ),
                ("25c81989df183df01b3e8a0aad5dffbe", "9018921c3c673c538a1fc5bad174d6f9", 29_515),
                ("bef4ecab320f06d8554ea6380940ec79", "8181f5470baa50b63fa0f6fddb340f0a", 4_422_102),
                ("bb300cfdad3c16e7a12a480ee83cd310", "15d484375f8d13e6eb1aabb0c3f46965", 5_148),
            ),
            mirrors=[
                "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
                "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
            ],
            licence="MIT",
            citation=(
                "H. Xiao, K. Rasul, R. Vollgraf. Fashion-MNIST: a novel image dataset for "
                "benchmarking machine learning algorithms. arXiv:1708.07747, 2017"
            ),
            source="Zalando Research: Fashion-MNIST",
        ),
        Known(
            name="kmnist",
            title="Kuzushiji-MNIST classical Japanese characters",
            classes=["o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"],
            files=_four(
                ("bdb82020997e1d708af4cf47b453dcf7", "", 18_165_135),
                ("e144d726b3acfaa3e44228e80efcd344", "", 29_497),
                ("5c965bf0a639b31b8f53240b1b52f4d7", "", 3_041_136),
                ("7320c461ea6c1c855c0b718fb2a4b134", "", 5_120),
            ),
            mirrors=[
                "https://codh.rois.ac.jp/kmnist/dataset/kmnist/",
                "https://huggingface.co/datasets/tanganke/kmnist/resolve/"
                "53810959241e8f35890445245170c8cec0672f81/raw/",
            ],
            licence="CC BY-SA 4.0",
            citation=(
                "T. Clanuwat, M. Bober-Irizar, A. Kitamoto, A. Lamb, K. Yamamoto, D. Ha. Deep "
                "learning for classical Japanese literature. arXiv:1812.01718, 2018. "
                "DOI 10.20676/00000341"
            ),
            source="ROIS-DS Center for Open Data in the Humanities: KMNIST",
        ),
        Known(
            name="cifar-10",
            title="CIFAR-10 small colour photographs",
            shape=(3, 32, 32),
            classes=[
                "airplane",
                "automobile",
                "bird",
                "cat",
                "deer",
                "dog",
                "frog",
                "horse",
                "ship",
                "truck",
            ],
            train=50_000,
            test=10_000,
            files=[Remote(CIFAR, "c32a1d4ab5d03f1284b67883e8d87530", 170_052_171)],
            mirrors=[
                "https://www.cs.toronto.edu/~kriz/",
                "https://cave.cs.toronto.edu/kriz/",
                "https://apache-mxnet.s3-accelerate.dualstack.amazonaws.com/gluon/dataset/cifar10/",
            ],
            licence="as published by its authors, with the request to cite the report",
            citation=(
                "A. Krizhevsky. Learning multiple layers of features from tiny images. Technical "
                "report, University of Toronto, 2009"
            ),
            source="A. Krizhevsky, V. Nair, G. Hinton: The CIFAR-10 dataset",
            layout="cifar-binary",
        ),
    )
}
"""The known datasets by name."""
