"""What is not used is not imported."""

import subprocess
import sys


def test_a_bot_without_an_admin_api_does_not_import_it() -> None:
    admin = "[name for name in sys.modules if name.startswith('callbot.admin')]"
    program = f"import callbot.service, sys; print({admin})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
