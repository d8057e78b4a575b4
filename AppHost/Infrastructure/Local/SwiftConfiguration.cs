namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>
/// The configuration files of a single Swift node; all but the cluster's hash salt (/etc/swift/swift.conf) lies in its folder.
/// </summary>
internal static class SwiftConfiguration
{
    private const string ProxyPipeline =
        "catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo dlo versioned_writes symlink proxy-server";

    // A sweep costs half a second of one processor.
    private const int SecondsOfUpdater = 15;

    public static string Backend(string kind, string folder, int port) => $"""
        [DEFAULT]
        bind_ip = 127.0.0.1
        bind_port = {port}
        devices = {folder}/dev
        mount_check = false
        swift_dir = {folder}
        user = {Environment.UserName}
        workers = 0
        fallocate_reserve = 0
        log_level = WARNING

        [pipeline:main]
        pipeline = healthcheck {kind}-server

        [app:{kind}-server]
        use = egg:swift#{kind}

        [filter:healthcheck]
        use = egg:swift#healthcheck

        [{kind}-updater]
        interval = {SecondsOfUpdater}
        recon_cache_path = {folder}

        """;

    /// <remarks>A part that failed ten times would be left alone for a minute though it is back, and there is no other in its place.</remarks>
    public static string Proxy(string folder, int port, int cachePort, string accessKey, string secret) => $"""
        [DEFAULT]
        bind_ip = 127.0.0.1
        bind_port = {port}
        swift_dir = {folder}
        user = {Environment.UserName}
        workers = 0
        log_level = WARNING

        [pipeline:main]
        pipeline = {ProxyPipeline}

        [app:proxy-server]
        use = egg:swift#proxy
        account_autocreate = true
        error_suppression_interval = 1

        [filter:catch_errors]
        use = egg:swift#catch_errors

        [filter:gatekeeper]
        use = egg:swift#gatekeeper

        [filter:healthcheck]
        use = egg:swift#healthcheck

        [filter:cache]
        use = egg:swift#memcache
        memcache_servers = 127.0.0.1:{cachePort}

        [filter:listing_formats]
        use = egg:swift#listing_formats

        [filter:bulk]
        use = egg:swift#bulk

        [filter:s3api]
        use = egg:swift#s3api
        location = us-east-1

        [filter:tempauth]
        use = egg:swift#tempauth
        user_{accessKey.Replace(':', '_')} = {secret} .admin

        [filter:copy]
        use = egg:swift#copy

        [filter:slo]
        use = egg:swift#slo

        [filter:dlo]
        use = egg:swift#dlo

        [filter:versioned_writes]
        use = egg:swift#versioned_writes
        allow_object_versioning = true

        [filter:symlink]
        use = egg:swift#symlink

        """;
}
