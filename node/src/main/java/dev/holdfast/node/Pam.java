package dev.holdfast.node;

import static dev.holdfast.link.Linux.POINTER;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * The system's PAM, asked whether somebody is who they say and whether their account is in order
 * (pam_authenticate(3), pam_acct_mgmt(3)). Sessions are opened by {@code holdfast-session}.
 *
 * <p>Numbers are those of Linux-PAM. Thread-safe: each question has a handle of its own.
 */
public final class Pam {
  private static final String LIBRARY = "libpam.so.0";

  private static final int SUCCESS = 0;
  private static final int NEW_TOKEN_REQUIRED = 12;
  private static final int ITEM_TTY = 3;
  private static final int ITEM_RHOST = 4;
  private static final int NO_EMPTY_PASSWORD = 0x1;
  private static final int CHANGE_EXPIRED = 0x20;

  private final String service;
  private final boolean emptyPasswords;
  private final PamFunctions functions;

  /** Asks the person. */
  @FunctionalInterface
  public interface Asker {
    /**
     * Shows texts and asks questions, in one go; waits for the answers.
     *
     * @param shown lines that need no answer
     * @param questions may be none
     * @return as many answers as there are questions
     * @throws IOException if nobody answers any more
     */
    List<String> ask(List<String> shown, List<Question> questions) throws IOException;
  }

  /**
   * A question of PAM's.
   *
   * @param text what is shown
   * @param echo whether the answer may be seen while it is typed
   */
  public record Question(String text, boolean echo) {}

  /** What PAM decided. */
  public sealed interface Verdict {
    /** The person may log in. */
    record Accepted() implements Verdict {}

    /**
     * Not so.
     *
     * @param reason for the log
     */
    record Refused(String reason) implements Verdict {}
  }

  private Pam(String service, boolean emptyPasswords, PamFunctions functions) {
    this.service = service;
    this.emptyPasswords = emptyPasswords;
    this.functions = functions;
  }

  /**
   * The rules of /etc/pam.d/SERVICE.
   *
   * @param emptyPasswords whether an empty password may be right
   * @throws IOException with a sentence, if the system has no PAM
   */
  public static Pam open(String service, boolean emptyPasswords) throws IOException {
    return open(LIBRARY, service, emptyPasswords);
  }

  static Pam open(String library, String service, boolean emptyPasswords) throws IOException {
    try {
      SymbolLookup found = SharedObject.open(library).orElseThrow();
      return new Pam(service, emptyPasswords, new PamFunctions(found));
    } catch (NoSuchElementException e) {
      throw new IOException(
          "PAM is not available: " + library + " was not found; install it, or switch PAM off.", e);
    }
  }

  /**
   * Has PAM ask whatever it likes and decide. Waits as long as the person does; not for the thread
   * that reads a connection.
   *
   * @param user as given; PAM is told of users that do not exist, too
   * @param from the client's address, or name
   */
  public Verdict authenticate(String user, String from, Asker asker)
      throws IOException, InterruptedException {
    return onThread(() -> talk(user, from, asker, true));
  }

  /** Whether the account may log in now, however its user proved who they are. */
  public Verdict checkAccount(String user, String from) throws IOException, InterruptedException {
    return onThread(() ->
        talk(
            user,
            from,
            (shown, questions) -> {
              if (!questions.isEmpty()) {
                throw new IOException("PAM asks where nobody can answer");
              }
              return List.of();
            },
            false));
  }

  private interface Talk {
    Verdict get() throws IOException;
  }

  /** PAM's modules wait in native code, which would hold a virtual thread's carrier. */
  private static Verdict onThread(Talk talk) throws IOException, InterruptedException {
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    Runnable asking =
        () -> {
          try {
            verdict.complete(talk.get());
          } catch (IOException | RuntimeException | Error e) {
            verdict.completeExceptionally(e);
          }
        };
    try {
      Thread.ofPlatform().daemon().name("node-pam").start(asking);
    } catch (OutOfMemoryError e) {
      throw new IOException("no thread can be started; raise the limits on processes", e);
    }
    try {
      return verdict.get();
    } catch (ExecutionException e) {
      throw new IOException("PAM could not be asked.", e.getCause());
    }
  }

  private Verdict talk(String user, String from, Asker asker, boolean authenticate)
      throws IOException {
    try (Arena arena = Arena.ofShared()) {
      PamConversation conversation = new PamConversation(asker, functions);
      MemorySegment place = arena.allocate(POINTER);
      int started =
          functions.start(
              arena.allocateFrom(service),
              arena.allocateFrom(user),
              conversation.structure(arena),
              place);
      if (started != SUCCESS) {
        return new Verdict.Refused("pam_start failed with " + started);
      }
      MemorySegment handle = place.get(POINTER, 0);
      int result = decide(handle, arena, from, authenticate);
      Verdict verdict =
          result == SUCCESS
              ? new Verdict.Accepted()
              : new Verdict.Refused(functions.text(handle, result));
      functions.end(handle, result);
      return verdict;
    }
  }

  private int decide(MemorySegment handle, Arena arena, String from, boolean authenticate) {
    int flags = emptyPasswords ? 0 : NO_EMPTY_PASSWORD;
    int result = functions.setItem(handle, ITEM_RHOST, arena.allocateFrom(from));
    if (result == SUCCESS) {
      result = functions.setItem(handle, ITEM_TTY, arena.allocateFrom("ssh"));
    }
    if (result == SUCCESS && authenticate) {
      result = functions.authenticate(handle, flags);
    }
    if (result == SUCCESS) {
      result = functions.checkAccount(handle, flags);
    }
    if (result == NEW_TOKEN_REQUIRED && authenticate) {
      result = functions.changeToken(handle, CHANGE_EXPIRED);
    }
    return result;
  }
}
