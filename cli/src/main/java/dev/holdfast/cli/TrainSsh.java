package dev.holdfast.cli;

import dev.holdfast.client.Stdio;
import dev.holdfast.link.Behind;
import dev.holdfast.link.Gate;
import dev.holdfast.link.GateSettings;
import dev.holdfast.ssh.Authenticator;
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
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/** Logs in once to a server in this process, with a key from a file, and runs one command. */
final class TrainSsh {
  private TrainSsh() {}

  static int run() throws IOException, InterruptedException {
    KeyPair key = key();
    Path file = Files.createTempFile("holdfast", ".key");
    try (ServerEngine server =
            ServerEngine.start(
                List.of(SshKeys.generateEd25519()),
                Authenticator.only(key.getPublic()),
                (login, request) -> call -> (int) call.stdin().transferTo(call.stdout()));
        Gate gate = Gate.start(settings(server), event -> {})) {
      Files.writeString(file, pem(key), StandardCharsets.US_ASCII);
      int port = ((InetSocketAddress) gate.addresses().getFirst()).getPort();
      Stdio stdio =
          new Stdio(
              InputStream.nullInputStream(),
              OutputStream.nullOutputStream(),
              new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8));
      return new SshCommand(stdio).run(arguments(file, port));
    } finally {
      Files.delete(file);
    }
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

  private static List<String> arguments(Path key, int port) {
    String here = InetAddress.getLoopbackAddress().getHostAddress();
    return List.of(
        "-F",
        "none",
        "-i",
        key.toString(),
        "-p",
        Integer.toString(port),
        "-l",
        "train",
        "-o",
        "StrictHostKeyChecking no",
        "-o",
        "UserKnownHostsFile none",
        "-o",
        "GlobalKnownHostsFile none",
        "-o",
        "IdentityAgent none",
        "-o",
        "BatchMode yes",
        here,
        "true");
  }

  /** PKCS #8 (RFC 7468 10), as ssh-keygen -m PKCS8 writes it. */
  private static String pem(KeyPair key) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(key.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }

  private static KeyPair key() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(SshKeys.LEAST_RSA_BITS);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has RSA", e);
    }
  }
}
