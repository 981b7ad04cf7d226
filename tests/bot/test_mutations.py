"""Slips in mutation that are told, and right Welsh that is left alone."""

from __future__ import annotations

import pytest

from bot.mutations import unmutated


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("sut i cael cymorth", "i gael"),
        ("llythyr at carcharor", "at garcharor"),
        ("heb talu dim", "heb dalu"),
        ("cyfle i gweld eich teulu", "i weld"),
        ("Ffoniwch i gofyn", "i ofyn"),
        ("rhieni a plant", "a phlant"),
        ("ymweld â carcharor", "â charcharor"),
        ("gyda teulu", "gyda theulu"),
        ("amser i mynd", "i fynd"),
        ("help i rhieni", "i rieni"),
        ("wrth llythyr", "wrth lythyr"),
    ],
)
def test_a_slip_is_told(text, wanted):
    assert [wanted] == [right for _, right in unmutated(text)]


@pytest.mark.parametrize(
    "text",
    [
        "sut i gael cymorth",
        "ymweld â charcharor a'i deulu",
        "mae o'n cael llythyr",
        "plant a phobl ifanc",
        "i'r carchar",
        "eich plentyn, a chadw mewn cysylltiad",
        "Carchar Caerdydd",
        "pobl a all helpu",
    ],
)
def test_right_welsh_is_left_alone(text):
    assert [] == list(unmutated(text))
