package dev.holdfast.ssh;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.session.AbstractServerSession;

/** A dialogue with a client by keyboard-interactive (RFC 4256 3.2 to 3.4). Thread-safe. */
final class LoginDialogue implements Dialogue {
  /** Bytes of all answers together. */
  static final int MOST_ANSWER_BYTES = 32 * 1024;

  private final AbstractServerSession session;
  private CompletableFuture<List<String>> answers = CompletableFuture.completedFuture(List.of());
  private int asked;
  private boolean waiting;
  private boolean abandoned;

  LoginDialogue(AbstractServerSession session) {
    this.session = session;
  }

  @Override
  public List<String> ask(String name, String instruction, List<Question> questions)
      throws IOException {
    if (questions.size() > MOST_QUESTIONS) {
      throw new IOException("more than " + MOST_QUESTIONS + " questions are asked");
    }
    CompletableFuture<List<String>> mine = begin(questions.size());
    Buffer request = session.createBuffer(SshConstants.SSH_MSG_USERAUTH_INFO_REQUEST);
    request.putString(name);
    request.putString(instruction);
    request.putString("");
    request.putUInt(questions.size());
    for (Question question : questions) {
      request.putString(question.text());
      request.putBoolean(question.echo());
    }
    session.writePacket(request);
    try {
      return mine.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for an answer");
    } catch (ExecutionException e) {
      throw new IOException("nobody answers any more");
    }
  }

  private synchronized CompletableFuture<List<String>> begin(int count) throws IOException {
    if (abandoned) {
      throw new IOException("nobody answers any more");
    }
    answers = new CompletableFuture<>();
    asked = count;
    waiting = true;
    return answers;
  }

  /** Takes answers; false if they are not to what was asked. */
  synchronized boolean answer(Buffer buffer) {
    long count = buffer.getUInt();
    if (!waiting || count != asked || buffer.available() > MOST_ANSWER_BYTES) {
      return false;
    }
    List<String> given = new ArrayList<>();
    for (int i = 0; i < asked; i++) {
      given.add(buffer.getString());
    }
    waiting = false;
    answers.complete(given);
    return true;
  }

  @Override
  public void end(String sentence) throws IOException {
    session.disconnect(SshConstants.SSH2_DISCONNECT_BY_APPLICATION, sentence);
  }

  @Override
  public synchronized boolean isOver() {
    return abandoned;
  }

  /** Nobody will answer. */
  synchronized void abandon() {
    abandoned = true;
    answers.completeExceptionally(new IOException("abandoned"));
  }
}
