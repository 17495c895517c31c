package dev.holdfast.ssh;

import java.security.KeyPair;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.sshd.common.signature.BuiltinSignatures;
import org.apache.sshd.common.signature.Signature;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;

/** Makes certificates (PROTOCOL.certkeys), also such as no authority would make. */
final class CertificateMaker {
  SshPublicKey key = SshKeys.wire(SshKeys.generateEd25519().getPublic());
  KeyPair authority = SshKeys.generateEd25519();
  String algorithm = "ssh-ed25519";
  SshPublicKey shownAuthority = SshKeys.wire(authority.getPublic());
  int kind = 1;
  List<String> principals = new ArrayList<>(List.of("me"));
  long validAfter;
  long validBefore = -1;
  final Map<String, byte[]> critical = new LinkedHashMap<>();
  final Map<String, byte[]> extensions = new LinkedHashMap<>();

  CertificateMaker by(KeyPair authority, String algorithm) {
    this.authority = authority;
    this.algorithm = algorithm;
    shownAuthority = SshKeys.wire(authority.getPublic());
    return this;
  }

  CertificateMaker valid(Instant after, Instant before) {
    validAfter = after.getEpochSecond();
    validBefore = before.getEpochSecond();
    return this;
  }

  SshPublicKey make() throws Exception {
    ByteArrayBuffer body = new ByteArrayBuffer();
    String plain = key.type();
    body.putString(
        plain.endsWith("@openssh.com")
            ? plain.replace("@", "-cert-v01@")
            : plain + "-cert-v01@openssh.com");
    body.putBytes(new byte[32]);
    byte[] blob = key.blob();
    int typeEnd = 4 + plain.length();
    body.putRawBytes(blob, typeEnd, blob.length - typeEnd);
    body.putLong(42);
    body.putUInt(kind);
    body.putString("an id");
    ByteArrayBuffer names = new ByteArrayBuffer();
    principals.forEach(names::putString);
    body.putBytes(names.getCompactData());
    body.putLong(validAfter);
    body.putLong(validBefore);
    body.putBytes(options(critical));
    body.putBytes(options(extensions));
    body.putString("");
    body.putBytes(shownAuthority.blob());
    byte[] signed = body.getCompactData();
    body.putBytes(signature(signed));
    return SshPublicKey.of(body.getCompactData());
  }

  private byte[] signature(byte[] signed) throws Exception {
    Signature signer = BuiltinSignatures.fromFactoryName(algorithm).create();
    signer.initSigner(null, authority.getPrivate());
    signer.update(null, signed);
    ByteArrayBuffer signature = new ByteArrayBuffer();
    signature.putString(algorithm);
    signature.putBytes(signer.sign(null));
    return signature.getCompactData();
  }

  private static byte[] options(Map<String, byte[]> options) {
    ByteArrayBuffer list = new ByteArrayBuffer();
    options.forEach((name, value) -> {
      list.putString(name);
      list.putBytes(value);
    });
    return list.getCompactData();
  }
}
