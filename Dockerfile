# One image for every service: `onrecord start` runs all of them, `onrecord start gateway` (and so on) one.

FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV TURBO_TELEMETRY_DISABLED=1
COPY . .
RUN npm ci --loglevel=error \
 && npx turbo run build --filter=@onrecord/cli... --filter=@onrecord/web... \
 && npm prune --omit=dev --loglevel=error \
 && rm -rf .turbo node_modules/.cache

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 ONRECORD_DATA=/data
COPY --from=build /app /app
# The data directory is the unprivileged user's; the program is root's, so that the program cannot change itself.
RUN printf '#!/bin/sh\nexec node $(cat /app/cli/node-flags.txt) /app/cli/dist/main.js "$@"\n' > /usr/local/bin/onrecord \
 && chmod 755 /usr/local/bin/onrecord \
 && install -d -o node -g node -m 700 /data
USER node
WORKDIR /data
VOLUME /data
EXPOSE 4000
# Whether the process lives: one whose database is away is not mended by being started anew. Whoever sends it people asks /readyz.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["onrecord", "start"]
