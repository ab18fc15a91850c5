using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Ringwall.Server.Storage;

namespace Ringwall.Server.Access;

/// <summary>The keys of Data Protection, in the database: what one replica protects, every other one reads. The framework calls this rarely, and waits.</summary>
internal sealed class ProtectionKeys(Database database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() => database
        .ReadAsync(connection => connection.QueryAsync<string>("SELECT xml FROM access_protection_keys ORDER BY name"), CancellationToken.None)
        .GetAwaiter().GetResult().Select(XElement.Parse).ToArray();

    public void StoreElement(XElement element, string friendlyName) => database
        .WriteAsync(
            (connection, transaction) => connection.ExecuteAsync(
                "INSERT INTO access_protection_keys (name, xml) VALUES (@friendlyName, @Xml) ON CONFLICT (name) DO UPDATE SET xml = excluded.xml",
                new { friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) },
                transaction),
            CancellationToken.None)
        .GetAwaiter().GetResult();
}
