import sys

from tools.operations.preloading import LATER, preload


def test_what_is_wanted_later_is_loaded_beside_serving():
    loading = preload()
    assert loading.daemon
    loading.join(60)
    assert {*LATER, "statsforecast.models"} <= set(sys.modules)
