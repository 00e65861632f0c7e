# The images of a team's perfsmith (docker-compose.yml, docs/deploy.md):
#   service   what hands in, shows and distributes runs: migrate, api, web, beat
#   worker    the same with the sandbox bubblewrap, and valgrind for the objective "instructions"
# PYTHON may be any Debian or Ubuntu with Python 3.11 or newer and its venv module. It is also the interpreter that code
# under test runs on in the sandbox bubblewrap.
ARG PYTHON=python:3.11-slim-bookworm

FROM ${PYTHON} AS build
# "local" installs the local model (170 MB) as well. Both images need the same, since who hands in chooses the proposers.
ARG EXTRAS=""
ENV UV_PROJECT_ENVIRONMENT=/opt/perfsmith UV_PYTHON=python3 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_NO_CACHE=1
RUN python3 -m venv /opt/uv && /opt/uv/bin/pip install --quiet --no-cache-dir uv==0.13.9
WORKDIR /src
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN /opt/uv/bin/uv sync --frozen --no-dev --no-install-project ${EXTRAS:+--extra "$EXTRAS"}
COPY agent agent
COPY api api
COPY checks checks
COPY cli cli
COPY core core
COPY migrations migrations
COPY profiler profiler
COPY sandbox sandbox
COPY store store
COPY webui webui
COPY worker worker
RUN /opt/uv/bin/uv sync --frozen --no-dev --no-editable --compile-bytecode ${EXTRAS:+--extra "$EXTRAS"}

FROM ${PYTHON} AS service
# git and ssh fetch what is handed in, on every service: it is looked at before it is recorded.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates git openssh-client \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --gid 10001 perfsmith \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /var/lib/perfsmith --shell /usr/sbin/nologin perfsmith \
    && install -d -o perfsmith -g perfsmith -m 0700 /var/lib/perfsmith
COPY --from=build /opt/perfsmith /opt/perfsmith
ENV PATH=/opt/perfsmith/bin:/usr/local/bin:/usr/bin:/bin HOME=/var/lib/perfsmith PERFSMITH_HOME=/var/lib/perfsmith \
    PYTHONUNBUFFERED=1
WORKDIR /var/lib/perfsmith
USER 10001:10001
ENTRYPOINT ["perfsmith"]
CMD ["--help"]

FROM service AS worker
# What setup lines of repositories need besides Python, such as "gcc libc6-dev": in the sandbox bubblewrap they see the
# worker's own /usr.
ARG PACKAGES=""
USER root
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap libseccomp2 valgrind ${PACKAGES} \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o perfsmith -g perfsmith -m 0700 /run/engine
USER 10001:10001
