package dev.holdfast.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * The byte-exact vectors of PROTOCOL.ticket. Every line of the file is the name of a value and its
 * bytes; a change of any byte is a change of the protocol.
 */
class TicketVectorsTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void protocolIsWhatTheVectorsSay() throws Exception {
    TicketKey cluster = TicketKeyOf.cluster();
    TicketKey client = TicketKeyOf.client();
    Ticket ticket =
        new Ticket(
            Arrays.copyOf(TicketKeyOf.hash("ticket id"), 16),
            Instant.ofEpochSecond(1_800_000_000),
            Instant.ofEpochSecond(1_800_000_600),
            Instant.ofEpochSecond(1_800_086_400),
            client.shown(),
            "ada",
            "root",
            "web1",
            List.of(Network.parse("192.0.2.0/24"), Network.parse("2001:db8::/48")));
    byte[] signed = TicketKeys.of(cluster).sign(ticket);
    byte[] hello = TicketKeyOf.hash("a stream's hello");
    byte[] nonce = TicketKeyOf.hash("a challenge");
    say("ticket", signed);
    say("hello.open", new ProxyHello.Open(signed).encoded());
    say("answer.challenge", new ProxyAnswer.Challenge(nonce).encoded());
    say("proof.answer", TicketProof.answer(client, signed, nonce, hello));
    byte[] proof = TicketProof.resume(client, signed, hello);
    say("hello.resume", new ProxyHello.Resume(signed, proof).encoded());
    say("answer.welcome", new ProxyAnswer.Welcome(new byte[0]).encoded());
    say("hello.renew", new ProxyHello.Renew(signed).encoded());
    say("proof.renew", TicketProof.answer(client, signed, nonce, new byte[0]));
    say(
        "answer.welcome-renewed",
        new ProxyAnswer.Welcome(
                TicketKeys.of(cluster)
                    .sign(
                        ticket.renewed(
                            Instant.ofEpochSecond(1_800_001_200),
                            Instant.ofEpochSecond(1_800_087_000))))
            .encoded());
    say("hello.dial-back", new ProxyHello.DialBack(nonce).encoded());
    say(
        "answer.refused",
        new ProxyAnswer.Refused(ProxyAnswer.Why.OFFLINE, "Node 'web1' is offline.").encoded());
    assertThat(String.join("\n", lines)).isEqualTo(vectors());
  }

  private void say(String name, byte[] bytes) {
    lines.add(name + " " + HexFormat.of().formatHex(bytes));
  }

  private static String vectors() throws Exception {
    try (InputStream in =
        Objects.requireNonNull(TicketVectorsTest.class.getResourceAsStream("ticket-vectors.txt"))) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return String.join("\n", text.lines().filter(line -> !line.startsWith("#")).toList());
    }
  }
}
