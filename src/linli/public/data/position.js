(function () {
  var button = document.getElementById('here'), said = document.getElementById('here-said')
  if (!button || !navigator.geolocation || !window.isSecureContext) return
  button.hidden = false
  button.addEventListener('click', function () {
    navigator.geolocation.getCurrentPosition(function (at) {
      document.getElementById('lon').value = at.coords.longitude.toFixed(6)
      document.getElementById('lat').value = at.coords.latitude.toFixed(6)
      said.textContent = button.getAttribute('data-done')
    }, function () { said.textContent = button.getAttribute('data-failed') }, { enableHighAccuracy: true, timeout: 15000 })
  })
})()
