"""The pages: each file is a script of one screen, which Streamlit runs from the top."""
