package dev.holdfast.link;

import java.util.List;

/** Fuzz target: a proxy's answers in SOCKS5. */
public final class Socks5ConnectFuzz {
  private Socks5ConnectFuzz() {}

  /** Fails if the answers' reading depends on their portions, or opens what it should not. */
  public static void fuzzerTestOneInput(byte[] answers) throws DialException {
    for (String url : List.of("socks5h://proxy", "socks5h://user:secret@proxy")) {
      HandshakeOutcome bySingleBytes = HandshakeOutcome.of(start(url), answers, 1);
      HandshakeOutcome atOnce = HandshakeOutcome.of(start(url), answers, answers.length + 1);
      if (!bySingleBytes.equals(atOnce)) {
        throw new AssertionError(bySingleBytes + " but in larger portions " + atOnce);
      }
      if (bySingleBytes.isOpen()) {
        checkOpening(answers, bySingleBytes.taken(), url.contains("@"));
      }
    }
  }

  private static Socks5Connect start(String url) throws DialException {
    OutboundProxy proxy = OutboundProxy.parse("ALL_PROXY", url);
    return Socks5Connect.byName(proxy, new Destination("host.test", 22));
  }

  /**
   * Method, verdict on the password if there was one, consent, and an address as long as its type
   * says.
   */
  private static void checkOpening(byte[] answers, int taken, boolean hasPassword) {
    boolean proved = answers[1] == 2;
    int reply = proved ? 4 : 2;
    int address =
        switch (answers[reply + 3]) {
          case 1 -> 4;
          case 3 -> 1 + (answers[reply + 4] & 0xff);
          case 4 -> 16;
          default -> -1;
        };
    boolean right =
        answers[0] == 5
            && (answers[1] == 0 || (proved && hasPassword && answers[3] == 0))
            && answers[reply] == 5
            && answers[reply + 1] == 0
            && address >= 0
            && taken == reply + 4 + address + 2;
    if (!right) {
      throw new AssertionError("opened after " + taken + " bytes");
    }
  }
}
