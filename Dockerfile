# The service in a container: not root, nothing to write but /var/lib/callbot. A bot is put on top of it:
#
#   FROM callbot
#   COPY . /app
#   CMD ["run", "greeter:bot", "--config", "/app/callbot.toml"]
#
# Run it with a read-only file system: docker run --read-only -v callbot:/var/lib/callbot -p 8443:8443 ...

FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY callbot callbot
RUN python -m venv /opt/callbot \
    && /opt/callbot/bin/pip install --no-cache-dir --constraint constraints.txt ".[sqlite]"

FROM python:3.13-slim
ENV PATH=/opt/callbot/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CALLBOT_STORE=sqlite:////var/lib/callbot/calls.db
RUN groupadd --gid 10001 callbot \
    && useradd --uid 10001 --gid callbot --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin callbot \
    && install -d -o callbot -g callbot -m 0700 /var/lib/callbot
COPY --from=build /opt/callbot /opt/callbot
WORKDIR /app
VOLUME /var/lib/callbot
USER 10001:10001
EXPOSE 8443
STOPSIGNAL SIGTERM
# plain http, as behind a proxy; a service that ends TLS itself says so with: --health-cmd or a probe of its platform
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8443/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "callbot"]
CMD ["--help"]
