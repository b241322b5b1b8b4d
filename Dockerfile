# One image for every part: server, worker, mail loop, page. What it was tried with: docs/operations.md.
FROM python:3.11.13-slim-bookworm

RUN apt-get update \
 && apt-get install --yes --no-install-recommends make \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /var/lib/dondoc --create-home dondoc

WORKDIR /opt/dondoc
COPY . .
# Exact versions with hashes; bytecode is compiled here, because the code is not writable for the service.
RUN make install PYTHON=python3.11

ENV PATH=/opt/dondoc/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DONDOC_HOME=/var/lib/dondoc \
    PREFECT_HOME=/var/lib/dondoc/prefect
USER dondoc
VOLUME /var/lib/dondoc
ENTRYPOINT ["/opt/dondoc/deploy/container/entrypoint"]
CMD ["dondoc", "--help"]
