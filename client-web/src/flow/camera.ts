// flow: the camera, for the screens.
import { closeCamera, openCamera, still } from '../net/picture'

export const camera = { open: openCamera, close: closeCamera, still }
