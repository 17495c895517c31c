package dev.holdfast.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The byte-exact transcript of PROTOCOL.resume-v2: an opening behind an announcement, data both
 * ways, a resume with bytes in its first flight, a half-close, a reset. Every line of the file is
 * the name of a value and its bytes; a change of any byte is a change of the protocol.
 */
final class VectorsV2Test {
  private static final byte[] ANNOUNCEMENT =
      "holdfast-resume v2".getBytes(StandardCharsets.US_ASCII);
  private static final Duration PATIENCE = Duration.ofHours(24);

  private final Chunks chunks = new Chunks(1 << 20);
  private final List<String> lines = new ArrayList<>();

  @Test
  void protocolIsWhatTheVectorsSay() throws Exception {
    transcript();
    assertThat(lines).isEqualTo(vectors());
  }

  private void transcript() throws ProtocolException {
    Endpoint client = new Endpoint(chunks, new Window());
    Endpoint server = new Endpoint(chunks, new Window());
    LinkV2 clientLink = new LinkV2(client, chunks, true, 1, 0);
    LinkV2 serverLink = new LinkV2(server, chunks, false, 1, 0);

    ClientResumptionV2 known = new ClientResumptionV2(ANNOUNCEMENT);
    ClientResumptionV2.Attempt opening = known.open(share(1), clientLink.position());
    say("open.hello", opening.hello());
    HelloV2.Open open = (HelloV2.Open) HelloV2.read(ByteBuffer.wrap(opening.hello()));
    ServerResumptionV2.Answered answered =
        ServerResumptionV2.open(
            Objects.requireNonNull(open), share(2), ANNOUNCEMENT, serverLink.position(), PATIENCE);
    say("open.answer", answered.answer());
    serverLink.peerIsAt(new LinkV2.Position(0, open.limit()), 0);
    accept(opening, clientLink, answered.answer());
    say("open.id", answered.resumption().ids().getFirst().bytes());

    client.write(text("SSH-2.0-Example_1.0\r\n"));
    say("data.client", move(clientLink, serverLink, server));
    server.write(text("SSH-2.0-Other_2.0\r\n"));
    say("data.server-with-ack", move(serverLink, clientLink, client));

    client.detach(clientLink);
    server.detach(serverLink);
    client.write(text("typed during the outage"));
    clientLink = new LinkV2(client, chunks, true, 1, 1_000_000_000);
    ClientResumptionV2.Attempt resuming = known.resume(share(3), clientLink.position());
    say("resume.hello", resuming.hello());
    byte[] firstFlight = transmit(clientLink);
    say("resume.first-flight", firstFlight);
    HelloV2.Resume resume = (HelloV2.Resume) HelloV2.read(ByteBuffer.wrap(resuming.hello()));
    assertThat(answered.resumption().proves(Objects.requireNonNull(resume))).isTrue();
    serverLink = new LinkV2(server, chunks, false, 1, 1_000_000_000);
    byte[] answer = answered.resumption().resume(resume, share(4), serverLink.position(), PATIENCE);
    say("resume.answer", answer);
    serverLink.peerIsAt(resume.position(), 1_000_000_000);
    accept(resuming, clientLink, answer);
    say("resume.next-id", answered.resumption().ids().getLast().bytes());

    feed(serverLink, server, firstFlight);
    client.finish();
    say("finish.client", move(clientLink, serverLink, server));
    server.reset(new End(End.Reason.UNREACHABLE, "The server is gone."));
    say("reset.server", transmit(serverLink));
    say("refused", AnswerV2.refused(AnswerV2.Why.UNKNOWN, "No such stream."));
  }

  private static void accept(ClientResumptionV2.Attempt attempt, LinkV2 link, byte[] answer)
      throws ProtocolException {
    ClientResumptionV2.Outcome outcome = attempt.answer(ByteBuffer.wrap(answer));
    link.peerIsAt(
        ((ClientResumptionV2.Outcome.Accepted) Objects.requireNonNull(outcome)).peer(), 0);
  }

  private byte[] move(LinkV2 from, LinkV2 to, Endpoint target) throws ProtocolException {
    byte[] bytes = transmit(from);
    feed(to, target, bytes);
    return bytes;
  }

  private void feed(LinkV2 to, Endpoint target, byte[] bytes) throws ProtocolException {
    ByteBuffer input = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    for (ByteBuffer data = to.receive(input, 0); data != null; data = to.receive(input, 0)) {
      data.position(data.limit());
      target.keep(data);
    }
    assertThat(input.hasRemaining()).isFalse();
  }

  private static byte[] transmit(LinkV2 link) {
    ByteBuffer all = ByteBuffer.allocate(1 << 16);
    Output output = link.transmit(0);
    for (int i = output.offset(); i < output.offset() + output.length(); i++) {
      all.put(output.buffers()[i]);
    }
    link.wrote(0);
    byte[] bytes = new byte[all.flip().remaining()];
    all.get(bytes);
    return bytes;
  }

  /** A share whose secret is a hash of its number, so that anybody can make the same. */
  private static KeyShare share(int number) {
    return new KeyShare(
        SecretsV2.hash(("resume-v2 test share " + number).getBytes(StandardCharsets.US_ASCII)));
  }

  private static ByteBuffer text(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
  }

  private void say(String name, byte[] bytes) {
    lines.add(name + " " + HexFormat.of().formatHex(bytes));
  }

  private static List<String> vectors() throws IOException {
    try (InputStream file = VectorsV2Test.class.getResourceAsStream("resume-v2-vectors.txt")) {
      String all =
          new String(Objects.requireNonNull(file).readAllBytes(), StandardCharsets.US_ASCII);
      return all.lines().filter(line -> !line.startsWith("#")).toList();
    }
  }
}
