# A clean machine for the project: docker build -t dvctt . && docker run --rm -v "$PWD/reports:/srv/dvctt/reports" dvctt
FROM debian:bookworm-slim
RUN apt-get update && apt-get install -y --no-install-recommends \
        ca-certificates chromium git make poppler-utils python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*
ENV LANG=C.UTF-8
RUN useradd --create-home office && install -d -o office /srv/dvctt
USER office
WORKDIR /srv/dvctt
COPY --chown=office . .
RUN make brief
CMD ["make", "brief"]
