# Built from the repository's top: docker build -t sigmoid-api --build-arg REVISION=$(git rev-parse HEAD) .
#
# Probes: the runtime image has no shell and no curl, so there is no HEALTHCHECK in it; whoever runs it asks over HTTP.
#   GET /health/live   200 while the process answers         (restart it otherwise)
#   GET /health/ready  200 while it can do its work, else 503 (send it no requests meanwhile; so it says while it stops)
# Root may be read-only and every capability dropped: all that is written goes to /var/lib/sigmoid.

FROM --platform=$BUILDPLATFORM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /source

# What the packages depend on first: this layer stands until one of these files changes.
COPY global.json Directory.Build.props Directory.Packages.props ./
COPY src/SigmoidApi.Compute/SigmoidApi.Compute.csproj src/SigmoidApi.Compute/packages.lock.json src/SigmoidApi.Compute/
COPY src/SigmoidApi.Tables/SigmoidApi.Tables.csproj src/SigmoidApi.Tables/packages.lock.json src/SigmoidApi.Tables/
COPY src/SigmoidApi/SigmoidApi.csproj src/SigmoidApi/packages.lock.json src/SigmoidApi/
RUN dotnet restore src/SigmoidApi --locked-mode -p:PublishReadyToRun=true

# One platform's native libraries instead of all of them, and code compiled ahead for a quick start.
COPY src/ src/
ARG TARGETARCH
ARG REVISION=
RUN dotnet publish src/SigmoidApi --no-restore --arch $TARGETARCH --no-self-contained --output /app \
      -p:PublishReadyToRun=true -p:UseAppHost=false -p:RunAnalyzers=false "-p:SourceRevisionId=$REVISION" \
 && mkdir /state

FROM mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled
# The number is that of Directory.Build.props, which a test holds it to.
ARG VERSION=0.17.0
ARG REVISION=
LABEL org.opencontainers.image.title="SigmoidApi" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# The last one: no diagnostic socket in /tmp.
ENV ASPNETCORE_HTTP_PORTS=8080 \
    Storage__Directory=/var/lib/sigmoid \
    DOTNET_EnableDiagnostics=0
COPY --from=build --chown=$APP_UID:$APP_UID /state /var/lib/sigmoid
COPY --from=build /app /app
USER $APP_UID
WORKDIR /app
VOLUME /var/lib/sigmoid
EXPOSE 8080
ENTRYPOINT ["dotnet", "SigmoidApi.dll"]
