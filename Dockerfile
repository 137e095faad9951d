# aviso-ecpds-authz as an image: no shell script, no development dependency, nothing written at run time.
#
#   docker build -t aviso-ecpds-authz .
#   docker run --read-only --cap-drop ALL -v /etc/aviso:/etc/aviso:ro aviso-ecpds-authz \
#     serve --config /etc/aviso/config.yaml --config /etc/aviso/authz.yaml

# A long-term-support line of Node on Debian: glibc as in development, security updates from both. 20 is the oldest
# Node this project supports, and it has reached its end of life, so images are built on a later one.
ARG NODE_IMAGE=node:24-slim

# BUILD: everything, to compile.
FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY src ./src
RUN npm run build

# DEPENDENCIES: what runs in production, from the same lock file.
FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Source maps are for development, and a third of what OpenTelemetry ships.
RUN npm ci --omit=dev --ignore-scripts \
 && node -e "const fs = require('fs'); for (const file of fs.readdirSync('node_modules', { recursive: true })) if (file.endsWith('.map')) fs.rmSync('node_modules/' + file)"

# RUNTIME
FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="aviso-ecpds-authz" \
      org.opencontainers.image.description="External authorizer for the Aviso notification gateway: asks ECPDS which destinations a user may read" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY LICENSE NOTICE THIRD_PARTY_LICENCES.md package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist/src ./dist/src

# By number, so that Kubernetes can see that it is not root. Owns no file here.
USER 65532:65532

# Decisions and admin. Both listen on loopback unless told otherwise (AVISOSERVER_SIDECAR__HTTP__HOST, AVISOSERVER_SIDECAR__GRPC__HOST).
EXPOSE 9002 9003 9464

# Another admin address than the default: set AVISO_AUTHZ_HEALTH_URL to match.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(process.env.AVISO_AUTHZ_HEALTH_URL ?? 'http://127.0.0.1:9464/healthz', { signal: AbortSignal.timeout(2500) }).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]

# Drains for sidecar.drain_seconds, then ends with 0.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "dist/src/main.js"]
CMD ["serve"]
