package dev.holdfast.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.sshd.common.config.keys.OpenSshCertificate;
import org.apache.sshd.common.config.keys.PublicKeyEntry;

/**
 * What a server proves itself by: its host keys, and certificates of some of them.
 *
 * @param keys at least one, at most one of each type
 */
record HostIdentity(List<KeyPair> keys, List<OpenSshCertificate> certificates) {
  HostIdentity {
    if (keys.isEmpty()) {
      throw new IllegalArgumentException("no host key");
    }
    keys = List.copyOf(keys);
    certificates = List.copyOf(certificates);
  }

  /** Reads the files that the settings name. */
  static HostIdentity load(ServerSettings settings, List<KeyPair> others) throws SettingsException {
    List<KeyPair> keys = new ArrayList<>(others);
    for (String file : settings.get(ServerOption.HOST_KEY)) {
      keys.add(key(file));
    }
    if (keys.isEmpty()) {
      throw new SettingsException("There is no host key; name one with HostKey.");
    }
    Set<String> types = new HashSet<>();
    for (KeyPair key : keys) {
      if (!types.add(SshKeys.wire(key.getPublic()).type())) {
        throw new SettingsException("There are two host keys of the same type; keep one.");
      }
    }
    List<OpenSshCertificate> certificates = new ArrayList<>();
    for (String file : settings.get(ServerOption.HOST_CERTIFICATE)) {
      certificates.add(certificate(file, keys));
    }
    return new HostIdentity(keys, certificates);
  }

  private static KeyPair key(String file) throws SettingsException {
    try {
      return HostKeyFiles.load(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new SettingsException("There is no file " + file + "; check HostKey.");
    } catch (IOException e) {
      throw new SettingsException("HostKey: " + e.getMessage());
    }
  }

  private static OpenSshCertificate certificate(String file, List<KeyPair> keys)
      throws SettingsException {
    Optional<OpenSshCertificate> certificate;
    try {
      certificate = parse(new String(OwnFile.read(Path.of(file)), UTF_8), keys);
    } catch (IOException e) {
      throw new SettingsException("The certificate " + file + " can't be read.");
    }
    return certificate.orElseThrow(() ->
        new SettingsException(
            "The file " + file + " is not the certificate of a host key of this server."));
  }

  /** The certificate of one of these keys that a line holds, if it is one. */
  static Optional<OpenSshCertificate> parse(String line, List<KeyPair> keys) {
    try {
      return PublicKeyEntry.parsePublicKeyEntry(line.strip()).resolvePublicKey(null, null, null)
                  instanceof OpenSshCertificate certificate
              && certificate.getType() == OpenSshCertificate.Type.HOST
              && keys.stream()
                  .anyMatch(key -> SshKeys.areSame(key.getPublic(), certificate.getCertPubKey()))
          ? Optional.of(certificate)
          : Optional.empty();
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      return Optional.empty();
    }
  }
}
