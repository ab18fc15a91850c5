using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ringwall.Server.Tests.Running;

/// <summary>A certificate authority of one's own, and the certificate that it gives to the server on this machine.</summary>
internal sealed class Authority : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ringwall-authority-");
    private readonly X509Certificate2 _own;

    public Authority()
    {
        DateTimeOffset from = DateTimeOffset.UtcNow.AddDays(-1);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest own = new("CN=An authority of one's own", key, HashAlgorithmName.SHA256);
        own.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        own.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        own.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(own.PublicKey, false));
        _own = own.CreateSelfSigned(from, from.AddDays(10));

        using ECDsa serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest server = new("CN=localhost", serverKey, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        server.CertificateExtensions.Add(names.Build());
        server.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        server.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 given = server.Create(_own, from, from.AddDays(9), RandomNumberGenerator.GetBytes(8));
        Certificate = Write("server.pem", given.ExportCertificatePem());
        CertificateKey = Write("server.key", serverKey.ExportPkcs8PrivateKeyPem());
        Trusted = Write("authority.pem", _own.ExportCertificatePem());
    }

    public string Certificate { get; }

    public string CertificateKey { get; }

    /// <summary>What those who trust this authority are given.</summary>
    public string Trusted { get; }

    /// <summary>Somebody who trusts this authority and no other.</summary>
    public HttpClient NewClient(Uri server, CookieContainer? cookies = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = cookies is not null,
        CookieContainer = cookies ?? new CookieContainer(),
        SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { _own }, RevocationMode = X509RevocationMode.NoCheck },
        },
    })
    {
        BaseAddress = server,
    };

    public void Dispose()
    {
        _own.Dispose();
        _folder.Delete(recursive: true);
    }

    private string Write(string name, string pem)
    {
        string file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, pem + "\n");
        return file;
    }
}
