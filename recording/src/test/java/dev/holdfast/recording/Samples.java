package dev.holdfast.recording;

import dev.holdfast.access.Ed25519;
import dev.holdfast.access.Json;
import dev.holdfast.recording.Event.Content;
import dev.holdfast.recording.Event.End;
import dev.holdfast.recording.Event.Exit;
import dev.holdfast.recording.Event.Gap;
import dev.holdfast.recording.Event.How;
import dev.holdfast.recording.Event.Input;
import dev.holdfast.recording.Event.Output;
import dev.holdfast.recording.Event.Resize;
import dev.holdfast.recording.Event.Start;
import dev.holdfast.recording.Event.Way;
import dev.holdfast.recording.Event.Why;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/** Recordings to test with. */
final class Samples {
  static final String NAME = "00112233445566778899aabbccddeeff";

  /** The first test vector of RFC 8032 7.1. */
  private static final String SECRET =
      "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";

  private static final String SHOWN =
      "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

  static final Signer SIGNER = signer();

  private Samples() {}

  private static Signer signer() {
    try {
      return Signer.of(
          new KeyPair(
              Ed25519.publicKey(HexFormat.of().parseHex(SHOWN)),
              Ed25519.privateKey(HexFormat.of().parseHex(SECRET))));
    } catch (java.security.InvalidKeyException e) {
      throw new AssertionError(e);
    }
  }

  static Signer anotherSigner() {
    try {
      return Signer.of(KeyPairGenerator.getInstance("Ed25519").generateKeyPair());
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static Start start() {
    return new Start(
        Json.members("time", Json.of("2026-01-02T03:04:05Z"), "login", Json.of("alice")));
  }

  /** One of each kind. */
  static List<Content> contents() {
    return List.of(
        start(),
        new Output(Way.STDOUT, bytes("hello\r\n")),
        new Output(Way.STDERR, bytes("oh")),
        new Input(bytes("exit\r")),
        new Resize(100, 30),
        new Gap(7, "the disk was full"),
        new Exit(How.STATUS, 3, ""),
        new End(Why.WHOLE, 9, ""));
  }

  static EventBuffer buffer(List<? extends Content> contents) {
    return buffer(0, contents);
  }

  /** A millisecond after one another, the first at {@code from}. */
  static EventBuffer buffer(long from, List<? extends Content> contents) {
    EventBuffer buffer = new EventBuffer();
    long nanos = from;
    for (Content content : contents) {
      buffer.add(nanos, content);
      nanos += 1_000_000;
    }
    return buffer;
  }

  /** Each of {@code parts} as one part. */
  @SafeVarargs
  static List<byte[]> parts(String name, Signer signer, List<? extends Content>... parts) {
    MemoryParts memory = new MemoryParts();
    RecordingWriter writer = new RecordingWriter(name, signer, memory);
    try {
      for (List<? extends Content> part : parts) {
        writer.write(buffer(writer.nanos(), part));
        writer.finish();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < memory.parts.size(); i++) {
      all.add(memory.part(i));
    }
    return all;
  }

  /** Three parts of a session. */
  static List<byte[]> threeParts(String name) {
    List<Content> all = contents();
    return parts(name, SIGNER, all.subList(0, 3), all.subList(3, 5), all.subList(5, 8));
  }

  /** A part of one block, whose link and seal are made again; the block begins at {@code from}. */
  static byte[] signedAnew(byte[] part, int from) {
    byte[] made = part.clone();
    int seal = part.length - RecordingFormat.SEAL;
    var hash = RecordingFormat.hash();
    byte[] first = hash.digest(Arrays.copyOf(made, from));
    hash.update(first);
    hash.update(made, from, seal - RecordingFormat.HASH - from);
    byte[] link = hash.digest();
    System.arraycopy(link, 0, made, seal - RecordingFormat.HASH, link.length);
    byte[] signature = SIGNER.sign(RecordingFormat.sealSigned(), link);
    System.arraycopy(signature, 0, made, seal + 1, signature.length);
    return made;
  }

  static Verification verify(List<byte[]> parts) {
    return verify(parts, new ArrayList<>());
  }

  static Verification verify(List<byte[]> parts, List<Event> events) {
    Verifier verifier = new Verifier(events::add);
    for (int i = 0; i < parts.size(); i++) {
      verifier.add("part " + i, i, parts.get(i));
    }
    return verifier.finish();
  }

  /** The same in a comparable form. */
  static List<String> text(List<Event> events) {
    return events.stream()
        .map(event ->
            event.number()
                + " "
                + event.nanos()
                + " "
                + switch (event.content()) {
                  case Output(Way way, byte[] data) -> way + Arrays.toString(data);
                  case Input(byte[] data) -> "INPUT" + Arrays.toString(data);
                  default -> event.content().toString();
                })
        .toList();
  }
}
