namespace AspireFed.AppHost.Infrastructure;

/// <summary>Where Redis, RabbitMQ and the object store come from.</summary>
public enum InfrastructureKind
{
    /// <summary>Containers where an engine answers, else local.</summary>
    Auto,

    /// <summary>Containers of a running Docker or Podman.</summary>
    Containers,

    /// <summary>Processes of this machine's own packages.</summary>
    Local,
}
