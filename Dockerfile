# One image for every service: `onrecord start` runs all of them, `onrecord start gateway` (and so on) one.
# `npm run pin-images` puts the digest behind the tag, where a registry answers.

FROM node:24.21.0-bookworm-slim AS base
WORKDIR /app

# What says which packages are needed, and nothing else: while that stays, so do the layers that install them.
FROM base AS manifests
COPY . /source
WORKDIR /source
RUN mkdir /manifests \
 && find . -name node_modules -prune -o -type f \( -name package.json -o -name package-lock.json -o -name .npmrc \) -exec cp --parents {} /manifests \;

# What runs: the dependencies of the command, without those of development and of the page, which is built.
FROM base AS dependencies
COPY --from=manifests /manifests /app
RUN npm ci --omit=dev --workspace=@onrecord/cli --loglevel=error

FROM base AS build
ENV TURBO_TELEMETRY_DISABLED=1
COPY --from=manifests /manifests /app
RUN npm ci --loglevel=error
COPY . /app
RUN npx turbo run build --output-logs=errors-only --filter=@onrecord/cli... --filter=@onrecord/web...
RUN node scripts/ship.mjs /shipped

FROM base
# The commit that is built, for `/metrics`: the image has no clone to ask.
ARG ONRECORD_COMMIT
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 ONRECORD_DATA=/data ONRECORD_COMMIT=${ONRECORD_COMMIT}
COPY --from=dependencies /app /app
COPY --from=build /shipped /app
# The data directory is the unprivileged user's; the program is root's, so that the program cannot change itself.
RUN ln -s /app/bin/onrecord /usr/local/bin/onrecord \
 && install -d -o node -g node -m 700 /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 4000
# Whether the process lives. A process whose database is away lives: to restart it would help nobody.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["onrecord", "start"]
