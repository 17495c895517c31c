package dev.holdfast.ssh;

import java.util.List;
import org.apache.sshd.client.auth.UserAuthFactory;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.auth.password.UserAuthPasswordFactory;
import org.apache.sshd.client.session.ClientSession;
import org.jspecify.annotations.Nullable;

/** The library's questions, put to a {@link LoginPerson}. */
final class LoginQuestions implements UserInteraction {
  private final LoginPerson person;
  private final ClientOffer offer;

  LoginQuestions(LoginPerson person, ClientOffer offer) {
    this.person = person;
    this.offer = offer;
  }

  /** The ways to log in, in the person's order. */
  List<UserAuthFactory> ways() {
    return person.methods().stream()
        .<UserAuthFactory>mapMulti((name, ways) -> {
          switch (name) {
            case "publickey" -> ways.accept(KeyLogin.factory(offer.publicKeys()));
            case "keyboard-interactive" -> ways.accept(QuestionsLogin.factory());
            case "password" -> ways.accept(UserAuthPasswordFactory.INSTANCE);
            default -> {}
          }
        })
        .toList();
  }

  @Override
  public boolean isInteractionAllowed(ClientSession session) {
    return true;
  }

  @Override
  public void welcome(ClientSession session, String banner, String lang) {
    person.tell(banner);
  }

  @Override
  public String @Nullable [] interactive(
      ClientSession session,
      String name,
      String instruction,
      String lang,
      String[] prompts,
      boolean[] echo) {
    if (!name.isEmpty()) {
      person.tell(name + "\n");
    }
    if (!instruction.isEmpty()) {
      person.tell(instruction + "\n");
    }
    String[] answers = new String[prompts.length];
    for (int i = 0; i < prompts.length; i++) {
      String answer = person.answer(prompts[i], echo[i]);
      if (answer == null) {
        return null;
      }
      answers[i] = answer;
    }
    return answers;
  }

  @Override
  public @Nullable String resolveAuthPasswordAttempt(ClientSession session) {
    return person.password();
  }

  /** Changing a password needs questions that a server asks by keyboard-interactive. */
  @Override
  public @Nullable String getUpdatedPassword(ClientSession session, String prompt, String lang) {
    return null;
  }
}
