/** Whether the weights are shown: a choice of the person at this machine, kept for the next time. */
import { ref, watch } from 'vue'

const KEPT = 'linli.reviews.why'
const shown = ref(localStorage.getItem(KEPT) !== 'no')
watch(shown, (value) => localStorage.setItem(KEPT, value ? 'yes' : 'no'))

export const useWhy = () => shown
