using AspireFed.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace AspireFed.ServiceDefaults.Starting;

/// <summary>RabbitMQ by its connection string, <c>amqp://user:password@host:port/virtual-host</c>.</summary>
internal sealed record BrokerAddress(string Host, ushort Port, string VirtualHost, string User, string Password)
{
    public override string ToString() => $"{Host}:{Port}";

    /// <exception cref="InputException">No such address; the sentence does not repeat it, for it may hold a password.</exception>
    public static BrokerAddress Parse(string connectionString)
    {
        if (!Uri.TryCreate(connectionString, UriKind.Absolute, out var uri) || uri.Scheme != "amqp" || uri.Host.Length == 0)
        {
            throw new InputException(
                $"The connection string \"{ConnectionStrings.RabbitMq}\" is no address of a broker: " +
                "it must read amqp://user:password@host:port.");
        }
        var user = uri.UserInfo.Split(':', 2);
        return new BrokerAddress(
            uri.Host,
            (ushort)(uri.Port > 0 ? uri.Port : 5672),
            uri.AbsolutePath.Length > 1 ? Uri.UnescapeDataString(uri.AbsolutePath[1..]) : "/",
            user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : "guest",
            user.Length > 1 ? Uri.UnescapeDataString(user[1]) : "guest");
    }

    /// <summary>Opens a connection and closes it again.</summary>
    /// <exception cref="InputException">The broker is there and refuses us.</exception>
    public async Task TryReachAsync(CancellationToken cancel)
    {
        var factory = new ConnectionFactory
        {
            HostName = Host,
            Port = Port,
            VirtualHost = VirtualHost,
            UserName = User,
            Password = Password,
            AutomaticRecoveryEnabled = false,
        };
        try
        {
            await using var connection = await factory.CreateConnectionAsync("start", cancel);
            await connection.CloseAsync(cancel);
        }
        catch (BrokerUnreachableException e) when (IsRefusal(e.InnerException))
        {
            throw new InputException(
                $"RabbitMQ at {this} refuses the user \"{User}\" on the virtual host \"{VirtualHost}\": " +
                $"check user and password in the connection string \"{ConnectionStrings.RabbitMq}\".", e);
        }
    }

    private static bool IsRefusal(Exception? e) =>
        e is AuthenticationFailureException
            or OperationInterruptedException { ShutdownReason.ReplyCode: Constants.AccessRefused or Constants.NotAllowed };
}
