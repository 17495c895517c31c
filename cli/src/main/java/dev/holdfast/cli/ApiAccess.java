package dev.holdfast.cli;

import dev.holdfast.access.Json;
import dev.holdfast.auth.ApiClient;
import dev.holdfast.auth.AuthService;
import dev.holdfast.auth.AuthorityCheck;
import dev.holdfast.client.SubsystemCall;
import dev.holdfast.ssh.HostKeyFiles;
import dev.holdfast.ssh.MalformedKeyException;
import dev.holdfast.ssh.SshKeys;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a command finds the API: on this machine, or by the profile of a cluster. */
final class ApiAccess {
  @Option(
      names = "--cluster",
      paramLabel = "NAME",
      description = "The cluster. Default: the one that you logged in to last.")
  @Nullable String cluster;

  @Option(
      names = "--socket",
      paramLabel = "FILE",
      description =
          "The socket of an auth service on this machine, for who has its rights. Default: the one"
              + " of the usual state directory, if it is there and no cluster is named.")
  @Nullable Path socket;

  /** Whether somebody said which one. */
  boolean isNamed() {
    return cluster != null || socket != null;
  }

  /** A conversation, of which {@code listener} is told the notifications. */
  ApiClient open(BiConsumer<String, Json> listener) throws IOException {
    Path local = socket();
    if (local != null) {
      try {
        return ApiClient.at(local, listener);
      } catch (IOException e) {
        throw new IOException(
            "No auth service answers at %s; is 'holdfast serve' running?".formatted(local), e);
      }
    }
    Profiles profiles = Profiles.ofUser();
    return byCertificate(profiles.find(cluster), profiles, listener);
  }

  ApiClient open() throws IOException {
    return open(ApiAccess::ignore);
  }

  /** What is told by a service and that nobody asked for. */
  static void ignore(String method, Json params) {}

  private @Nullable Path socket() {
    if (socket != null || cluster != null) {
      return socket;
    }
    Path usual = AuthConfiguration.usualState().resolve(AuthService.SOCKET);
    return Files.exists(usual) ? usual : null;
  }

  /** By the certificate of a profile. */
  static ApiClient byCertificate(
      Profile profile, Profiles profiles, BiConsumer<String, Json> listener) throws IOException {
    if (!profile.isValid()) {
      throw new IOException(
          "Your certificate for %s has ended; log in again with 'holdfast login'."
              .formatted(profile.cluster()));
    }
    Profiles.ProfileFiles files = profiles.files(profile.cluster());
    KeyPair pair;
    try {
      pair =
          SshKeys.certified(HostKeyFiles.load(files.key()), Files.readString(files.certificate()));
    } catch (MalformedKeyException e) {
      throw new IOException("The certificate in %s is not one.".formatted(files.directory()), e);
    }
    return call(
        new AuthAddress(profile.auth()),
        profile.user(),
        List.of(),
        fingerprint -> isKnown(profile, fingerprint),
        List.of(pair),
        listener);
  }

  static boolean isKnown(Profile profile, String fingerprint) {
    return profile.authorities().stream().anyMatch(one -> one.fingerprint().equals(fingerprint));
  }

  /**
   * Calls an auth service.
   *
   * @param options as behind ssh's {@code -o}
   * @param believes see {@link AuthorityCheck}
   * @param keys to log in with; if there are none, the person's own
   */
  static ApiClient call(
      AuthAddress address,
      String user,
      List<String> options,
      Predicate<String> believes,
      List<KeyPair> keys,
      BiConsumer<String, Json> listener)
      throws IOException {
    AuthorityCheck check = AuthorityCheck.ofService(believes);
    List<String> all = new ArrayList<>(options);
    all.add("User " + user);
    all.add("Port " + address.port());
    all.add("ClearAllForwardings yes");
    PrintStream err = SshCommand.ofProcess().err();
    try {
      SubsystemCall call =
          SubsystemCall.open(
              new SubsystemCall.Plan(address.host(), all, Optional.empty(), check, keys),
              "holdfast-api",
              err);
      return ApiClient.over(call.in(), call.out(), call, listener);
    } catch (IOException e) {
      if (check.why().isPresent()) {
        throw new IOException(
            "%s is not the auth service that was meant: %s.".formatted(address, check.why().get()),
            e);
      }
      throw e;
    }
  }
}
