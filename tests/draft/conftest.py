"""The annotated dispatches of others lie outside the repository: without their folder, their test is not collected."""

import os

collect_ignore = [] if os.environ.get("DONDOC_DISPATCHES") else ["test_dispatches.py"]
