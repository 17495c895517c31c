package dev.holdfast.ssh;

import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractive;
import org.apache.sshd.client.auth.keyboard.UserAuthKeyboardInteractiveFactory;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.session.ClientSession;

/**
 * Logging in by questions (RFC 4256), where a text without a question is shown, too: a server may
 * only want to say something (3.2), for example why it lets nobody in.
 */
final class QuestionsLogin extends UserAuthKeyboardInteractive {
  static UserAuthKeyboardInteractiveFactory factory() {
    return new UserAuthKeyboardInteractiveFactory() {
      @Override
      public UserAuthKeyboardInteractive createUserAuth(ClientSession session) {
        return new QuestionsLogin();
      }
    };
  }

  @Override
  protected String[] getUserResponses(
      String name, String instruction, String lang, String[] prompt, boolean[] echo) {
    UserInteraction person = getClientSession().getUserInteraction();
    if (prompt.length == 0 && person != null) {
      person.interactive(getClientSession(), name, instruction, lang, prompt, echo);
      return prompt;
    }
    return super.getUserResponses(name, instruction, lang, prompt, echo);
  }
}
