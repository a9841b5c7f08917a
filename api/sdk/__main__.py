"""Write the clients and the Postman collection anew: ``python -m api.sdk``, from the root of the repository."""

from __future__ import annotations

from pathlib import Path

from api.app import description
from api.sdk.made import made

if __name__ == "__main__":
    for address, content in made(description()).items():
        Path(address).parent.mkdir(parents=True, exist_ok=True)
        Path(address).write_text(content, "utf-8")
        print(address)
