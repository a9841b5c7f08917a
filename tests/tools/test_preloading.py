import sys

from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.preloading import LATER, Preloading
from tools.workspace import Workspace


def test_what_is_wanted_later_is_loaded_beside_serving(demo_settings: Settings) -> None:
    local = local_principal("demo")
    with Workspace.open("demo", demo_settings) as workspace:
        asked = "SELECT count(*) FROM semantic.customers"
        cold = workspace.query(local, asked).rows
        loading = Preloading(workspace, local)
        loading.start()
        loading.wait(60)
        assert {*LATER, "statsforecast.models"} <= set(sys.modules)
        hot = "SELECT count(*) FROM duckdb_tables() WHERE schema_name = 'hot'"
        assert workspace.query(local, hot).rows[0][0] > 0
        assert workspace.query(local, asked).rows == cold
        loading.stop()
