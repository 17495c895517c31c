package dev.holdfast.browser;

import java.io.IOException;

/** Makes the room of a window; an edge: in this process, or in one that is confined. */
interface RoomMaker {
  /** One that is ready, or will be by itself. */
  Room make(WindowRoom.Plan plan, Runnable came) throws IOException;
}
