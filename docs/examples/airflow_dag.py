"""A day's statements through Airflow: the same `munshi` commands that a person types, one after the other.

Munshi does not need Airflow, and this file is not part of it: copy it to the DAGs folder of a site that runs Airflow,
on a machine where `munshi` is installed, and set MUNSHI_HOME and the master key in the environment of the workers.
"""

from __future__ import annotations

import datetime as dt

from airflow import DAG
from airflow.providers.standard.operators.bash import BashOperator

with DAG(
    dag_id="munshi_statements",
    schedule="0 6 * * *",
    start_date=dt.datetime(2026, 1, 1),
    catchup=False,
    max_active_runs=1,
    default_args={"retries": 3, "retry_delay": dt.timedelta(minutes=5)},
    tags=["munshi"],
) as dag:
    take_in = BashOperator(
        task_id="take_in",
        bash_command=(
            "munshi ingest /srv/statements/{{ ds }}.csv --account A1 --customer C1 "
            "--workspace statements --no-build --json"
        ),
    )
    pull = BashOperator(
        task_id="pull",
        bash_command="munshi pull /srv/munshi/core.yaml --workspace statements --no-build --json",
    )
    build = BashOperator(task_id="build", bash_command="munshi build --workspace statements --json")
    report = BashOperator(
        task_id="report",
        bash_command="munshi quality --workspace statements --html /srv/reports/{{ ds }}.html",
    )
    take_in >> pull >> build >> report
