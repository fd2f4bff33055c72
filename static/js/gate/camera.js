// 扫码, where the browser can read a code from the camera. Elsewhere the six digits are typed.

let isOpen = false;

export const canScan = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices);

// The text of the first QR code that comes before the camera; null when the person gives up or the camera is refused.
export async function scan(box, video) {
  if (isOpen) return null;
  isOpen = true;
  let stream = null;
  let over = false;
  const stop = () => { over = true; };
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    box.hidden = false;
    box.addEventListener("click", stop, { once: true });
    await video.play();
    const eye = new window.BarcodeDetector({ formats: ["qr_code"] });
    while (!over) {
      const [found] = await eye.detect(video);
      if (found) return found.rawValue;
      await new Promise((next) => setTimeout(next, 150));
    }
    return null;
  } catch {
    return null;
  } finally {
    isOpen = false;
    box.hidden = true;
    box.removeEventListener("click", stop);
    if (stream) for (const track of stream.getTracks()) track.stop();
  }
}
