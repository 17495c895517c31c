package dev.holdfast.node;

import dev.holdfast.ssh.Dialogue;
import dev.holdfast.ssh.Login;
import dev.holdfast.ssh.Passwords;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetSocketAddress;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PAM as what decides about passwords and accounts: what it wants to know is asked of the person
 * who logs in. Thread-safe.
 */
public final class PamPasswords implements Passwords {
  private static final Logger log = LoggerFactory.getLogger(PamPasswords.class);

  private final Pam pam;

  public PamPasswords(Pam pam) {
    this.pam = pam;
  }

  /** What asks PAM something. */
  private interface Question {
    Pam.Verdict ask() throws IOException, InterruptedException;
  }

  @Override
  public boolean authenticate(Login login, Dialogue dialogue) throws IOException {
    Pam.Asker asker = (shown, questions) -> ask(dialogue, shown, questions);
    return decide(login, () -> pam.authenticate(login.user(), host(login), asker));
  }

  @Override
  public boolean allows(Login login) throws IOException {
    return decide(login, () -> pam.checkAccount(login.user(), host(login)));
  }

  private static List<String> ask(
      Dialogue dialogue, List<String> shown, List<Pam.Question> questions) throws IOException {
    List<Dialogue.Question> all =
        questions.stream().map(one -> new Dialogue.Question(one.text(), one.echo())).toList();
    return dialogue.ask("", String.join("\n", shown), all);
  }

  private static boolean decide(Login login, Question question) throws IOException {
    try {
      return switch (question.ask()) {
        case Pam.Verdict.Accepted() -> true;
        case Pam.Verdict.Refused(String reason) -> {
          log.info("PAM does not let {} in: {}.", login.user(), reason);
          yield false;
        }
      };
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while PAM was asked");
    }
  }

  /** The client's address, as sshd tells PAM without UseDNS. */
  private static String host(Login login) {
    return login.from() instanceof InetSocketAddress from ? LoginSessions.host(from) : "UNKNOWN";
  }
}
