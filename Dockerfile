# Stage 1 builds a wheel and a virtual environment; stage 2 holds that environment and nothing else.
FROM python:3.11-slim AS build
WORKDIR /source
COPY pyproject.toml constraints.txt README.md parley.py ./
COPY model ./model
COPY training ./training
COPY serving ./serving
COPY seeds/actors.yaml ./seeds/actors.yaml
COPY seeds/actors ./seeds/actors
COPY seeds/CODEBOOK.md ./seeds/CODEBOOK.md
RUN python -m venv /opt/parley && \
    /opt/parley/bin/pip install --no-cache-dir --constraint constraints.txt '.[serve]'

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home parley && install -d -o parley /var/lib/parley
COPY --from=build /opt/parley /opt/parley
# Labels and further versions of the model are kept in /var/lib/parley: mount a volume there. All else may be read-only.
ENV PATH=/opt/parley/bin:$PATH PARLEY_DATA=/var/lib/parley PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
    ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["parley"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
