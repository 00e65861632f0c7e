"""The router of the web UI, which Streamlit runs for every look at a page. It holds no state and does no work."""

from pathlib import Path

import streamlit as st

from api.problems import RefusedError
from core.access import Scope
from core.errors import PerfsmithError
from webui import entrance, showing
from webui.uploading import forbid_upload

# A file of ours: an icon by name would be fetched from Google's servers.
st.set_page_config(page_title="perfsmith", page_icon=str(Path(__file__).with_name("icon.svg")), layout="wide")
person = entrance.caller()
if not entrance.may(Scope.SUBMIT):
    forbid_upload()
if person is None:
    st.navigation(
        [st.Page(entrance.show_entrance, title="Enter", url_path="enter", default=True)], position="hidden"
    ).run()
    st.stop()

work = [
    st.Page("screens/runs.py", title="Runs", icon=":material/list:", default=True),
    st.Page("screens/submit.py", title="Submit", icon=":material/add_circle:"),
    st.Page("screens/compare.py", title="Compare", icon=":material/compare_arrows:"),
    st.Page("screens/batches.py", title="Batches", icon=":material/stacks:"),
    st.Page("screens/system.py", title="System", icon=":material/monitor_heart:"),
]
if not person.scope.allows(Scope.SUBMIT):
    del work[1]
details = [
    st.Page("screens/run.py", title="Run", icon=":material/account_tree:"),
    st.Page("screens/candidate.py", title="Candidate", icon=":material/difference:"),
]
page = st.navigation({"Work": work, "One of them": details})
with st.sidebar:
    entrance.show_person(person)
try:
    page.run()
except (PerfsmithError, RefusedError) as error:
    showing.failure(str(error))
