# docker build -t backstitch . && docker run -p 8080:8080 -v backstitch:/data backstitch
FROM node:24-slim AS build
WORKDIR /app
COPY . .
# The links lead to workspaces that stay here; the rest is SQLite's sources, and SQLite for other systems.
RUN npm ci && npm run build && npm prune --omit=dev \
  && rm -r node_modules/@backstitch node_modules/better-sqlite3/deps \
  && find node_modules/better-sqlite3/prebuilds -type f ! -name 'linux-*' -delete

FROM node:24-slim
ENV NODE_ENV=production BACKSTITCH_HOST=0.0.0.0 BACKSTITCH_DATA=/data
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
RUN ln -s /app/deploy/backstitch /usr/local/bin/backstitch && install -d -o node -g node -m 0700 /data
COPY deploy/backstitch deploy/
USER node
VOLUME /data
EXPOSE 8080
# As soon as the server answers, and while its store does.
HEALTHCHECK --start-period=5s --interval=10s CMD ["node", "-e", "fetch('http://127.0.0.1:8080/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["backstitch"]
CMD ["serve"]
