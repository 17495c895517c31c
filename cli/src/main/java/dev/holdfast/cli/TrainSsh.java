package dev.holdfast.cli;

import dev.holdfast.client.Stdio;
import dev.holdfast.link.Behind;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import dev.holdfast.ssh.Authenticator;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.ServerEngine;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.List;

/**
 * Logs in to a server in this process, with a key from a file, and runs one command: once over a
 * link that is held, once without, with the key exchange of OpenSSH before 9.9.
 */
final class TrainSsh {
  private TrainSsh() {}

  static int run() throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("holdfast");
    Path key = directory.resolve("id");
    Path config = directory.resolve("config");
    Path hosts = directory.resolve("known_hosts");
    KeyPair pair = SshKeys.generateEd25519();
    HostKeyFiles.write(pair, key);
    try (ServerEngine server =
            ServerEngine.start(
                List.of(SshKeys.generateEd25519()),
                Authenticator.only(pair.getPublic()),
                (login, request) -> call -> (int) call.stdin().transferTo(call.stdout()));
        Gate gate = Gate.start(settings(server), event -> {})) {
      InetSocketAddress address = (InetSocketAddress) gate.addresses().getFirst();
      Files.writeString(config, config(address, key, hosts));
      int held = ssh(config, "held");
      return held == 0 ? ssh(config, "plain") : held;
    } finally {
      for (Path file : List.of(config, hosts, key, directory.resolve("id.pub"), directory)) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static int ssh(Path config, String host) throws IOException, InterruptedException {
    Stdio stdio =
        new Stdio(
            InputStream.nullInputStream(),
            OutputStream.nullOutputStream(),
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
    return new SshCommand(stdio).run(List.of("-F", config.toString(), host, "true"));
  }

  private static GateSettings settings(ServerEngine server) {
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    Behind behind =
        new Behind.InProcess((connection, name) -> {
          try {
            server.accept(connection);
          } catch (IOException e) {
            connection.close();
          }
        });
    return GateSettings.of(List.of(anywhere), behind);
  }

  private static String config(InetSocketAddress address, Path key, Path hosts) {
    return """
    Host *
      HostName %s
      Port %d
      User train
      IdentityFile "%s"
      IdentityAgent none
      UserKnownHostsFile "%s"
      GlobalKnownHostsFile none
      StrictHostKeyChecking no
      BatchMode yes
    Host plain
      HoldfastResume off
      KexAlgorithms sntrup761x25519-sha512@openssh.com
    """
        .formatted(address.getAddress().getHostAddress(), address.getPort(), key, hosts);
  }
}
