# The bot as an image: slim, without root, its file system read-only where it is run so (compose.yaml does).
# docs/operations.md tells how to use it.
FROM python:3.11.14-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/orderahead
COPY requirements-run.lock ./
RUN /opt/orderahead/bin/python -m pip install --require-hashes --requirement requirements-run.lock
COPY pyproject.toml README.md LICENSE manifest.yml ./
COPY bot ./bot
COPY handlers ./handlers
COPY sync ./sync
RUN /opt/orderahead/bin/python -m pip install --no-deps --no-build-isolation .

FROM python:3.11.14-slim-bookworm
# A number, so that whoever runs the image can see that it is not root; /data is all that may be written.
RUN mkdir /data && chown 10001:10001 /data
COPY --from=build /opt/orderahead /opt/orderahead
ENV PATH=/opt/orderahead/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    MPLCONFIGDIR=/tmp/matplotlib \
    ORDERAHEAD_HOST=0.0.0.0 \
    ORDERAHEAD_PORT=8080 \
    ORDERAHEAD_DATABASE_URL=sqlite:////data/orderahead.db
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether the process lives, not whether it can work: while Slack or the database is down, a restart would mend nothing.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as web; web.urlopen(f\"http://127.0.0.1:{os.environ['ORDERAHEAD_PORT']}/livez\", timeout=2)"]
ENTRYPOINT ["orderahead"]
CMD ["run"]
