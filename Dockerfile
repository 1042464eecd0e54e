# syntax=docker/dockerfile:1
# The gateway, and the sandbox (dist/sandbox/main.js). Build: docker build -t membership-gateway:0.2.0 .
ARG NODE_IMAGE=docker.io/library/node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /gateway
COPY package.json package-lock.json .npmrc ./
# No install scripts: Node is here, and PostgreSQL is not needed.
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build -- prisma server operations explorer

FROM ${NODE_IMAGE} AS production
WORKDIR /gateway
COPY package.json package-lock.json .npmrc ./
# The image has neither the development dependencies nor the packages of client/, and its bill of materials says so.
RUN npm ci --omit=dev --ignore-scripts && npm pkg delete devDependencies && npm sbom --sbom-format=cyclonedx > sbom.cdx.json

FROM ${NODE_IMAGE}
ARG VERSION=0.2.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="membership-gateway" \
  org.opencontainers.image.description="One GraphQL schema over the member accounts of Amazon GuardDuty and AWS Security Hub." \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}"
WORKDIR /gateway
COPY --from=production /gateway/ ./
COPY LICENSE ./
COPY prisma/migrations prisma/migrations
COPY --from=build /gateway/dist dist
# DATABASE_URL and AUTH_MODE have no default in production.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000
EXPOSE 4000
USER 1000:1000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s CMD ["node", "dist/src/healthCommand.js"]
ENTRYPOINT ["node"]
CMD ["dist/src/main.js"]
